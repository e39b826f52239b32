/** The journal of a run that was cut off, read back in constant memory. */

import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { keyPrefix } from "../model/object-key.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { JournalEntry, Leftover } from "../ports/journal.ts";
import { syncDirectory, writeAll } from "./atomic-file.ts";
import { named, unless } from "./fs-errors.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { type Claim, claimOf, mapOf } from "./journal-claim.ts";
import { entryOf } from "./journal-entry.ts";
import { journalLine, journalLines } from "./journal-line.ts";

export class LeftoverFile implements Leftover {
  readonly state: Leftover["state"];
  /** As it was when the run began; undefined: the file does not say. */
  readonly map: DirectoryMap | undefined;
  /** Nothing can make its state another one than `other` but a new claim. */
  readonly isVoid: boolean;
  readonly #path: string;
  /** Of the last whole line. */
  #end = 0;

  /**
   * @param current of the state file as it is; undefined: there is none
   * @returns undefined: there is no journal
   */
  static at(path: string, current: Fingerprint | undefined): LeftoverFile | undefined {
    const fd = openJournal(path);
    if (fd === undefined) return undefined;
    return named(path, () => {
      try {
        return new LeftoverFile(path, fd, current);
      } finally {
        closeSync(fd);
      }
    });
  }

  private constructor(path: string, fd: number, current: Fingerprint | undefined) {
    this.#path = path;
    let map: DirectoryMap | undefined;
    let claims = 0;
    const is = new Set<Claim["is"]>();
    for (const { value, end } of journalLines(fd)) {
      this.#end = end;
      map ??= mapOf(value);
      const claim = claimOf(value);
      if (claim?.is === "other") {
        is.clear();
        claims = 0;
      } else if (claim !== undefined) {
        claims++;
        if (claim.state === current) is.add(claim.is);
      }
    }
    this.map = map;
    this.isVoid = claims === 0;
    // Where a run has changed no record, it began on the very state that it recorded.
    this.state = is.has("recorded") ? "recorded" : is.has("begun") ? "begun" : "other";
  }

  *entries(): Generator<JournalEntry, void, undefined> {
    const fd = openJournal(this.#path);
    if (fd === undefined) return;
    const prefixBytes = keyPrefix(this.map?.prefix ?? "").length;
    try {
      for (const { value } of journalLines(fd)) {
        const entry = entryOf(value, prefixBytes);
        if (entry !== undefined) yield entry;
      }
    } finally {
      closeSync(fd);
    }
  }

  /** Durable when it returns, in the place of what is torn. Nobody else has written since it was read. */
  claim(claim: Claim): void {
    named(`${this.#path} cannot be written`, () => {
      const fd = openSync(this.#path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_APPEND);
      try {
        const line = Buffer.from(journalLine(claim));
        ftruncateSync(fd, this.#end);
        writeAll(fd, line);
        fdatasyncSync(fd);
        this.#end += line.length;
      } finally {
        closeSync(fd);
      }
    });
  }

  remove(): void {
    named(`${this.#path} cannot be removed`, () => {
      rmSync(this.#path, { force: true });
      syncDirectory(dirname(this.#path));
    });
  }
}

/** @returns undefined: nothing is there that a run of ours may have written */
function openJournal(path: string): number | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  return named(path, () => {
    const fd = unless(["ENOENT", "ENOTDIR", "ELOOP"], () =>
      openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
    );
    if (fd === undefined || fstatSync(fd).isFile()) return fd;
    closeSync(fd);
    return undefined;
  });
}
