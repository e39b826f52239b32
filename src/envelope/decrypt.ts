/** OpenPGP decryption by gpg and its agent, which alone hold the secret keys. */

import type { ChildProcess } from "node:child_process";
import { closeSync, read } from "node:fs";
import { createInterface } from "node:readline";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import type { Unreadable } from "../ports/envelope.ts";
import { endOf, startGpg, textOf, type Env } from "./gpg.ts";
import { errorIn, locked, type GpgReport } from "./gpg-verdict.ts";
import { Turns } from "./turns.ts";

const readAsync = promisify(read);

/** Agents run out of locked memory when many ask at once. */
const GPGS_AT_ONCE = 4;
const READ_BYTES = 1024 * 1024;
const PATIENCE_MS = 60_000;

export interface DecryptTools {
  readonly env: Env;
  /** Opens a private file that has no name, for plain content that is not proved yet. The caller of it closes it. */
  readonly openNameless: () => number;
  /** Somebody is there to be asked for a passphrase; else only a key that the agent has unlocked is of use. */
  readonly mayAsk: boolean;
  /** How long gpg may take to get at a key, in ms. */
  readonly patienceMs?: number;
}

/** @throws {Unreadable} @throws {PathError} @throws {BsyncError} @param limit of what comes out, in bytes; more is damage */
export type Decrypt = (stored: AsyncIterable<Uint8Array>, limit: number) => AsyncIterable<Uint8Array>;

export function decrypter(tools: DecryptTools): Decrypt {
  const gpgs = new Gpgs(tools);
  return (stored, limit) => gpgs.decrypted(stored, limit);
}

class Gpgs {
  readonly #tools: DecryptTools;
  readonly #turns = new Turns(GPGS_AT_ONCE);
  /** Once gpg has hung over a passphrase, it is not waited for again in this run. */
  #hung: Unreadable | undefined;

  constructor(tools: DecryptTools) {
    this.#tools = tools;
  }

  async *decrypted(
    stored: AsyncIterable<Uint8Array>,
    limit: number,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const fd = this.#tools.openNameless();
    try {
      await this.#turns.take(() => this.#decryptInto(fd, stored, limit));
      yield* contentOf(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** All of it is in the file, and proved, when this resolves. */
  async #decryptInto(fd: number, stored: AsyncIterable<Uint8Array>, limit: number): Promise<void> {
    if (this.#hung !== undefined) throw this.#hung;
    const { env, mayAsk, patienceMs = PATIENCE_MS } = this.#tools;
    const max = String(Math.max(1, limit)); // 0 would be no limit
    const asking = mayAsk ? "ask" : "error";
    const args = ["--status-fd", "3", "--skip-verify", "--pinentry-mode", asking, "--max-output", max];
    const gpg = new RunningGpg(
      startGpg([...args, "--decrypt"], ["pipe", fd, "pipe", "pipe"], env),
      patienceMs,
    );
    const report = await gpg.fed(stored);
    if (gpg.hung) throw (this.#hung = locked("gpg waits for its passphrase in vain"));
    const error = errorIn(report);
    if (error !== undefined) throw error;
  }
}

class RunningGpg {
  readonly #child: ChildProcess;
  readonly #patienceMs: number;
  readonly #status: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hung = false;

  constructor(child: ChildProcess, patienceMs: number) {
    this.#child = child;
    this.#patienceMs = patienceMs;
    const status = child.stdio?.[3]; // no streams where the system has none left
    if (status instanceof Readable) createInterface(status).on("line", (line) => this.#note(line));
  }

  get hung(): boolean {
    return this.#hung;
  }

  /** @throws what the chunks throw; gpg is gone then */
  async fed(chunks: AsyncIterable<Uint8Array>): Promise<GpgReport> {
    const stderr = textOf(this.#child);
    const ended = endOf(this.#child);
    ended.catch(() => {}); // awaited below
    const source = new Watched(chunks, () => this.#beginWaiting());
    // gpg may end before it has read all: what it says of that counts, not that its input is closed.
    const { stdin } = this.#child;
    if (stdin instanceof Writable) await pipeline(source.chunks(), stdin).catch(() => {});
    if (source.failure !== undefined) this.#child.kill("SIGKILL");
    try {
      const exitCode = await ended;
      if (source.failure !== undefined) throw source.failure.error;
      return { status: this.#status, exitCode, stderr: stderr() };
    } finally {
      clearTimeout(this.#timer);
    }
  }

  #note(line: string): void {
    const text = line.replace(/^\[GNUPG:\] /, "");
    this.#status.push(text);
    if (text === "BEGIN_DECRYPTION") clearTimeout(this.#timer); // it has the key, or does without
    if (text === "DECRYPTION_FAILED") this.#child.stdin?.destroy(); // the rest need not be fetched
  }

  /** The key is asked for when the first bytes have been read. */
  #beginWaiting(): void {
    this.#timer = setTimeout(() => {
      this.#hung = true;
      this.#child.kill("SIGKILL");
    }, this.#patienceMs);
  }
}

/** Chunks whose own failure can be told from that of whoever takes them. */
class Watched {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #onFirst: () => void;
  failure: { readonly error: unknown } | undefined;

  constructor(chunks: AsyncIterable<Uint8Array>, onFirst: () => void) {
    this.#chunks = chunks;
    this.#onFirst = onFirst;
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    let isFirst = true;
    try {
      for await (const chunk of this.#chunks) {
        if (isFirst) this.#onFirst();
        isFirst = false;
        yield chunk;
      }
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}

async function* contentOf(fd: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; ;) {
    const { bytesRead, buffer } = await readAsync(fd, Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}
