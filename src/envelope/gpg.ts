/** Runs the user's `gpg`, with the user's keyring and settings. Nothing secret is ever in its arguments. */

import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { errorCode, errorWords } from "../core/error-words.ts";
import { BsyncError } from "../model/errors.ts";

/** With the `PATH` to find gpg in and, where set, the `GNUPGHOME` of the keyring. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Questions about the keyring are answered at once, or a lock or the agent hangs. */
const ANSWER_MS = 60_000;
/** Error texts are a few lines. */
const MAX_TEXT = 64 * 1024;

export interface GpgAnswer {
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** @throws {BsyncError} gpg is not installed, or does not answer */
export async function askGpg(args: readonly string[], env: Env): Promise<GpgAnswer> {
  const child = startGpg(args, ["ignore", "pipe", "pipe"], env);
  const timer = setTimeout(() => child.kill("SIGKILL"), ANSWER_MS);
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const stderr = textOf(child);
  try {
    const exitCode = await endOf(child);
    if (child.killed) throw new BsyncError("gpg does not answer", { hint: "gpgconf --kill all" });
    return { exitCode, stdout: Buffer.concat(chunks), stderr: stderr() };
  } finally {
    clearTimeout(timer);
  }
}

/** Its texts are in English, whatever the user's language: some things it says in no other way. */
export function startGpg(args: readonly string[], stdio: StdioOptions, env: Env): ChildProcess {
  const always = [
    "--batch",
    "--no-tty",
    "--no-auto-check-trustdb",
    "--display-charset",
    "utf-8",
    "--utf8-strings",
  ];
  return spawn("gpg", [...always, ...args], { stdio, env: { ...env, LC_ALL: "C" } });
}

/** What it has written to its error output so far, from the beginning. */
export function textOf(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (more: string) => {
    if (text.length < MAX_TEXT) text += more;
  });
  return () => text;
}

/** @returns its exit code; null after a signal @throws {BsyncError} it did not begin */
export async function endOf(child: ChildProcess): Promise<number | null> {
  try {
    return await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  } catch (cause) {
    const code = errorCode(cause);
    if (code === "ENOENT")
      throw new BsyncError("gpg is not installed", {
        hint: "install GnuPG, and see that gpg is on the PATH",
        cause,
      });
    throw new BsyncError(`gpg cannot be run: ${errorWords(code ?? String(cause))}`, { cause });
  }
}

/** The agent holds the secret keys: without it gpg says of each that it is not there. */
export function isWithoutAgent(stderr: string): boolean {
  return /can't connect to the (?:gpg-)?agent|failed to start (?:gpg-)?agent/.test(stderr);
}

/** The last line of what gpg says, without its name. */
export function lastWords(stderr: string): string {
  return (
    stderr
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^gpg: /, "") ?? ""
  );
}
