/** The journals beside one state file, a map each: what this run writes, and what runs that were cut off have left. */

import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type DirectoryMap, isSameMap } from "../model/map.ts";
import type { Journal, Leftover } from "../ports/journal.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { named, unless } from "./fs-errors.ts";
import { type Header, headerFor } from "./journal-claim.ts";
import { JournalFile } from "./journal-file.ts";
import { LeftoverFile } from "./leftover-file.ts";
import { pairName } from "./pairs-file.ts";

/** No state file has this fingerprint. */
const NO_STATE: Fingerprint = "";

export interface Stray {
  readonly map: DirectoryMap;
  readonly leftover: Leftover;
}

/** A state file that is about to take the place of the present one. */
export interface Successor {
  readonly state: Fingerprint;
  /** Maps whose records are what they were, but for `recorded`. */
  readonly keeps: readonly DirectoryMap[];
  /** The map whose journal is in it. */
  readonly recorded: DirectoryMap | undefined;
}

export class Journals {
  readonly #folder: string;
  readonly #current: () => Fingerprint | undefined;
  /** By file name. */
  readonly #written = new Map<string, JournalFile>();
  /** Leftovers that were given out, to be settled by what is recorded next. */
  readonly #taken = new Set<string>();

  /** @param current of the state file as it is; undefined: there is none */
  constructor(folder: string, current: () => Fingerprint | undefined) {
    this.#folder = folder;
    this.#current = current;
  }

  of(map: DirectoryMap): Journal {
    const name = fileName(map);
    const known = this.#written.get(name);
    if (known !== undefined) return known;
    const header = (): Header => headerFor(map, this.#current() ?? NO_STATE);
    const journal = new JournalFile(join(this.#folder, name), header);
    this.#written.set(name, journal);
    return journal;
  }

  leftover(map: DirectoryMap): Leftover | undefined {
    const name = fileName(map);
    if (!this.#pending().includes(name)) return undefined;
    this.#taken.add(name);
    return this.#read(name);
  }

  /** Those of maps that are not among `maps`. */
  strays(maps: readonly DirectoryMap[]): readonly Stray[] {
    const own = new Set(maps.map(fileName));
    return this.#pending()
      .filter((name) => !own.has(name))
      .flatMap((name) => {
        const leftover = this.#read(name);
        return leftover?.map === undefined ? [] : [{ map: leftover.map, leftover }];
      });
  }

  /** Durable when it returns, and true of the new file and of the old: whichever a kill leaves in place. */
  announce({ state, keeps, recorded }: Successor): void {
    const own = recorded === undefined ? undefined : fileName(recorded);
    const kept = new Set(keeps.map(fileName));
    for (const name of this.#pending()) {
      const written = this.#written.get(name);
      if (name === own && (written !== undefined || this.#taken.has(name))) {
        // Its edits are in the new file, and may be made again; its intents that are open are not.
        const isOpen = written?.isSettled === false;
        (written ?? this.#read(name))?.claim({ state, is: isOpen ? "begun" : "recorded" });
        continue;
      }
      const left = this.#read(name);
      if (left === undefined || left.isVoid) continue;
      if (!kept.has(name)) (written ?? left).claim({ is: "other" });
      else if (left.state !== "other") (written ?? left).claim({ state, is: left.state });
    }
  }

  /** No journal belongs to the state file that comes. */
  voidAll(): void {
    this.announce({ state: NO_STATE, keeps: [], recorded: undefined });
  }

  /** Of this run. */
  remove(map: DirectoryMap): void {
    const name = fileName(map);
    this.#written.get(name)?.remove();
    this.#written.delete(name);
  }

  close(): void {
    for (const journal of this.#written.values()) journal.close();
    this.#written.clear();
  }

  #read(name: string): LeftoverFile | undefined {
    return LeftoverFile.at(join(this.#folder, name), this.#current());
  }

  #pending(): readonly string[] {
    const names = named(this.#folder, () => unless(["ENOENT", "ENOTDIR"], () => readdirSync(this.#folder)));
    return names?.filter((name) => /^journal-[0-9a-f]{16}$/.test(name)) ?? [];
  }
}

/** Of both files, whatever else has changed. */
export function staying(
  before: readonly DirectoryMap[],
  after: readonly DirectoryMap[],
): readonly DirectoryMap[] {
  return after.filter((map) => before.some((other) => isSameMap(other, map)));
}

function fileName(map: DirectoryMap): string {
  return `journal-${createHash("sha256").update(pairName(map)).digest("hex").slice(0, 16)}`;
}
