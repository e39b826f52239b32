/** One run at a time for each state file, and no run that has ended is ever in the way of the next. */

import { randomBytes } from "node:crypto";
import { closeSync, linkSync, openSync, readFileSync, readdirSync, renameSync } from "node:fs";
import { fstatSync, rmSync, rmdirSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { LockedError } from "../model/errors.ts";
import { makePrivate, removeTemps } from "./companion.ts";
import { fsCode, named, NO_LINKS, unless } from "./fs-errors.ts";
import { holderOf } from "./lock-holder.ts";
import { isRunning, type ProcessIdentity, processIdentity } from "./process-identity.ts";

export interface Lock {
  /** Removes the lock if it is still ours, and the folder if that leaves it empty. */
  release(): void;
}

const BEAT_MS = 60_000;
/** A holder that cannot be looked up, such as one on another machine, has ended when it was silent for so long. */
const SILENCE_MS = 60 * 60_000;
const TRIES = 100;
/** A candidate for the lock, or a lock that was moved aside. */
const ASIDE = /^(?:try|lock)-[0-9a-f]{32}$/;

/**
 * The lock comes into being with its content, under a name that only one can have. A stale one is moved
 * aside, looked at again, and put back if it is not what was judged: so a live lock may for a moment
 * stand under another name, and whoever has taken the lock looks at those names before it goes on.
 * @throws {LockedError} another run holds it
 * @throws {BsyncError} the folder cannot be written
 */
export function takeLock(folder: string, who: { readonly pid: number; readonly hostname: string }): Lock {
  const taker = new Taker(folder, processIdentity(who.pid, who.hostname));
  return named(`${folder}: no lock can be taken`, () => {
    let moved: unknown = new LockedError("other runs come and go too fast");
    for (let i = 0; i < TRIES; i++) {
      try {
        const lock = taker.take();
        if (lock !== undefined) return lock;
      } catch (error) {
        // Somebody's release removed the folder, or somebody took our candidate for a stale one.
        if (fsCode(error) !== "ENOENT") throw error;
        moved = error;
      }
    }
    throw moved;
  });
}

class Taker {
  readonly #folder: string;
  readonly #me: ProcessIdentity;
  readonly #text: string;
  readonly #path: string;
  readonly #candidate: string;
  readonly #aside: string;

  constructor(folder: string, me: ProcessIdentity) {
    const nonce = randomBytes(16).toString("hex");
    this.#folder = folder;
    this.#me = me;
    this.#text = `${JSON.stringify({ ...me, nonce })}\n`;
    this.#path = join(folder, "lock");
    this.#candidate = join(folder, `try-${nonce}`);
    this.#aside = join(folder, `lock-${nonce}`);
  }

  /** @returns undefined: something moved, try again */
  take(): Lock | undefined {
    makePrivate(this.#folder);
    const fd = openSync(this.#candidate, "wx", 0o600);
    let lock: Lock | undefined;
    try {
      writeSync(fd, this.#text);
      const nowMs = fstatSync(fd).mtimeMs; // by the clock that sets the other times
      this.#create();
      const found = textOf(this.#path);
      if (found !== this.#text) {
        this.#clear(found, nowMs);
        return undefined;
      }
      lock = new HeldLock(this.#folder, this.#path, this.#text);
      this.#lookAround(nowMs);
      return lock;
    } catch (error) {
      lock?.release();
      throw error;
    } finally {
      closeSync(fd);
      rmSync(this.#candidate, { force: true });
    }
  }

  #create(): void {
    try {
      linkSync(this.#candidate, this.#path);
    } catch (error) {
      const code = fsCode(error) ?? "";
      if (code === "EEXIST") return;
      if (!NO_LINKS.includes(code)) throw error;
      this.#createWithoutLinks();
    }
  }

  /** Empty for a moment, in which it may be taken away as garbage: the look that follows would tell. */
  #createWithoutLinks(): void {
    const fd = unless(["EEXIST"], () => openSync(this.#path, "wx", 0o600));
    if (fd === undefined) return;
    writeSync(fd, this.#text);
    closeSync(fd);
  }

  /** Takes a stale lock away. @throws {LockedError} it is not stale */
  #clear(found: string | undefined, nowMs: number): void {
    if (found === undefined) return;
    if (!this.#isStale(this.#path, found, nowMs)) throw lockedBy(found);
    renameSync(this.#path, this.#aside);
    if (textOf(this.#aside) === found) rmSync(this.#aside, { force: true });
    else this.#giveBack();
  }

  #giveBack(): void {
    try {
      linkSync(this.#aside, this.#path);
      rmSync(this.#aside, { force: true });
    } catch (error) {
      const code = fsCode(error) ?? "";
      if (NO_LINKS.includes(code)) renameSync(this.#aside, this.#path);
      else if (code === "EEXIST") throw lockedBy(textOf(this.#aside)); // whoever is there now looks around
      else throw error;
    }
  }

  /** Sweeps up what killed runs left. @throws {LockedError} a live lock was moved aside */
  #lookAround(nowMs: number): void {
    const names = readdirSync(this.#folder);
    for (const name of names.filter((each) => ASIDE.test(each))) {
      const path = join(this.#folder, name);
      const found = textOf(path);
      if (found === undefined || found === this.#text) continue;
      if (this.#isStale(path, found, nowMs)) rmSync(path, { force: true });
      else if (name.startsWith("lock-")) throw lockedBy(found);
    }
    removeTemps(this.#folder, names);
  }

  #isStale(path: string, text: string, nowMs: number): boolean {
    const holder = holderOf(text);
    if (holder === undefined) return true;
    const running = isRunning(holder, this.#me);
    if (running !== undefined) return !running;
    const beatMs = unless(["ENOENT"], () => statSync(path).mtimeMs) ?? nowMs;
    return nowMs - beatMs > SILENCE_MS;
  }
}

class HeldLock implements Lock {
  readonly #folder: string;
  readonly #text: string;
  readonly #fd: number;
  readonly #beat: NodeJS.Timeout;

  constructor(folder: string, path: string, text: string) {
    this.#folder = folder;
    this.#text = text;
    const fd = openSync(path, "r+");
    this.#fd = fd;
    // The same bytes again: what counts is the time that this gives the file. One beat may be missed.
    this.#beat = setInterval(() => ignoringFs(() => writeSync(fd, text, 0)), BEAT_MS);
    this.#beat.unref();
  }

  release(): void {
    clearInterval(this.#beat);
    closeSync(this.#fd);
    ignoringFs(() => {
      for (const name of readdirSync(this.#folder)) {
        const path = join(this.#folder, name);
        if ((name === "lock" || ASIDE.test(name)) && textOf(path) === this.#text) rmSync(path);
      }
      rmdirSync(this.#folder);
    });
  }
}

/** What a lock that ends cannot clear away is stale from then on, and in nobody's way. */
function ignoringFs(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (fsCode(error) === undefined) throw error;
  }
}

function lockedBy(text: string | undefined): LockedError {
  const holder = holderOf(text ?? "");
  const who = holder === undefined ? "" : `: process ${holder.pid} on ${holder.host}`;
  return new LockedError(`another run is under way${who}`);
}

function textOf(path: string): string | undefined {
  return unless(["ENOENT"], () => readFileSync(path, "utf8"));
}
