/** Keyrings of GnuPG that live as long as a test, with throw-away keys. */

import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "./temp-dir.ts";

/** For tests that need it: `false`, or why they are left out. */
export const WITHOUT_GPG: string | false =
  spawnSync("gpg", ["--version"]).error === undefined ? false : "gpg is not installed";

export interface NewKey {
  readonly passphrase?: string;
  /** What this gpg makes unasked (RSA, before 2.4), or a key that signs only; else one of elliptic curves. */
  readonly kind?: "default" | "sign";
  /** As gpg takes it. */
  readonly expires?: string;
  /** The clock of gpg, as `20200101T000000`. */
  readonly madeAt?: string;
}

export interface Keyring extends Disposable {
  /** The GNUPGHOME. */
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  gpg(args: readonly string[], input?: Uint8Array): Buffer;
  /** @param userId such as `Ada <ada@example.org>` @returns the fingerprint */
  add(userId: string, key?: NewKey): string;
  /** Takes over public keys of another keyring. */
  importFrom(other: Keyring, ...fingerprints: readonly string[]): void;
  /** And with it every passphrase it remembers. The next gpg begins another. */
  endAgent(): void;
  configure(file: "gpg.conf" | "gpg-agent.conf", ...lines: readonly string[]): void;
}

export function newKeyring(): Keyring {
  const { path, remove } = tempDir("gpg");
  const env = { PATH: process.env["PATH"], HOME: path, GNUPGHOME: path };
  const run = (program: string, args: readonly string[], input: Uint8Array = new Uint8Array()): Buffer =>
    execFileSync(program, args, { env, input, stdio: ["pipe", "pipe", "pipe"], maxBuffer: 2 ** 30 });
  const endAgent = (): unknown => run("gpgconf", ["--kill", "all"]);
  const gpg = (args: readonly string[], input?: Uint8Array): Buffer =>
    run("gpg", ["--batch", "--no-tty", "--trust-model", "always", ...args], input);
  return {
    path,
    env,
    gpg,
    add(userId, { passphrase = "", kind, expires = "never", madeAt } = {}) {
      const clock = madeAt === undefined ? [] : ["--faked-system-time", madeAt];
      const algorithm = kind === "sign" ? ["ed25519", "sign"] : [kind ?? "future-default", "default"];
      const secret = ["--pinentry-mode", "loopback", "--passphrase", passphrase];
      const made = gpg([
        ...clock,
        ...secret,
        "--status-fd",
        "1",
        "--quick-gen-key",
        userId,
        ...algorithm,
        expires,
      ]).toString();
      return /KEY_CREATED \S+ ([0-9A-F]{40})/.exec(made)?.[1] ?? "";
    },
    importFrom(other, ...fingerprints) {
      gpg(["--import"], other.gpg(["--export", ...fingerprints]));
    },
    endAgent,
    configure(file, ...lines) {
      appendFileSync(join(path, file), lines.map((line) => `${line}\n`).join(""));
    },
    [Symbol.dispose]() {
      endAgent();
      remove();
    },
  };
}
