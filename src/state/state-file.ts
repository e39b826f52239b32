/** The state file, with what lies beside it: the only thing that writes it. */

import { closeSync, fchmodSync, fstatSync, fsyncSync, openSync, writeSync } from "node:fs";
import { SYNCED_OFFSET } from "../codec/format.ts";
import type { Sink } from "../codec/bytes.ts";
import { spliceState, type StateChange } from "../codec/splice.ts";
import { BsyncError, StateFormatError } from "../model/errors.ts";
import { destinationOf, type DirectoryMap, isSameMap } from "../model/map.ts";
import type { BaseEdit } from "../model/outcome.ts";
import type { MapMemory } from "../model/pair.ts";
import type { Journal, Leftover } from "../ports/journal.ts";
import type { StateStore } from "../ports/state-store.ts";
import { replaceFile } from "./atomic-file.ts";
import { companionOf, makePrivate } from "./companion.ts";
import { openRegular } from "./file-bytes.ts";
import { type Fingerprint, Fingerprinter, fingerprintOf } from "./fingerprint.ts";
import { named } from "./fs-errors.ts";
import { Journals, staying, type Stray } from "./journals.ts";
import { Memories } from "./memories.ts";
import { keepPrevious } from "./previous.ts";
import { type Purged, purgeState } from "./purge.ts";
import { noStateFile, type Recovered, recoverState } from "./recover.ts";
import { FileSnapshot } from "./snapshot.ts";
import type { StateIndex } from "./state-index.ts";

/** What is known of one version of the file. */
interface Known {
  readonly mark: string;
  /** Undefined: nobody has read it yet. */
  readonly index: StateIndex | undefined;
  readonly memories: Memories;
  readonly fingerprint: Fingerprint | undefined;
}

/** All that changes anything is called under the lock. */
export class StateFile implements StateStore {
  readonly #path: string;
  readonly #folder: string;
  readonly #scratch: string | undefined;
  readonly #journals: Journals;
  #known: Known | undefined;
  /** What `unchanged` has told since. */
  #unwritten: Memories | undefined;

  /**
   * @param path with symlinks followed
   * @param scratch where a file that is out of order is sorted; undefined: in the companion folder, which
   *   is made for it
   */
  constructor(path: string, scratch?: string) {
    this.#path = path;
    this.#folder = companionOf(path);
    this.#scratch = scratch;
    this.#journals = new Journals(this.#folder, () => this.#fingerprint());
  }

  snapshot(): FileSnapshot {
    const snapshot = this.#open();
    if (snapshot === undefined) throw noStateFile(this.#path);
    return snapshot;
  }

  /** @returns undefined: there is no state file */
  maps(): readonly DirectoryMap[] | undefined {
    const snapshot = this.#open();
    snapshot?.close();
    return snapshot?.maps;
  }

  memory(map: DirectoryMap): MapMemory {
    return this.#memories().of(map);
  }

  record(map: DirectoryMap, edits: Iterable<BaseEdit>, memory: MapMemory): void {
    const old = this.snapshot();
    try {
      const own = old.maps.find((other) => isSameMap(other, map));
      if (own === undefined) {
        throw new BsyncError(`${map.root}: no longer mapped to ${destinationOf(map)}: nothing was recorded`);
      }
      this.#replace(old, old.maps, this.#memories().with(map, memory), { map: own, edits });
    } finally {
      old.close();
    }
    this.#journals.remove(map);
  }

  journal(map: DirectoryMap): Journal {
    return this.#journals.of(map);
  }

  leftover(map: DirectoryMap): Leftover | undefined {
    return this.#journals.leftover(map);
  }

  /** What runs of maps that are no longer in the file have left. */
  strays(): readonly Stray[] {
    return this.#journals.strays(this.maps() ?? []);
  }

  /** What runs that were cut off have left, of any map. */
  leftovers(): readonly Stray[] {
    return this.#journals.strays([]);
  }

  unchanged(map: DirectoryMap, memory: MapMemory): void {
    this.#unwritten = this.#memories().with(map, memory);
    this.#journals.remove(map);
  }

  close(): void {
    this.#journals.close();
    const memories = this.#unwritten;
    if (memories === undefined) return;
    const old = this.snapshot();
    try {
      if (!old.fileIndex.ascending) this.#replace(old, old.maps, memories);
      else this.#touch(old.fileIndex, memories);
    } finally {
      old.close();
    }
  }

  /** Makes the file if there is none. Records stay where the same map covers them before and after. */
  setMaps(maps: readonly DirectoryMap[]): void {
    const old = this.#open();
    try {
      this.#replace(old, maps, old === undefined ? Memories.none(maps) : this.#memories().only(maps));
    } finally {
      old?.close();
    }
  }

  /** See `recoverState`. */
  recover(): Recovered {
    this.#forget();
    return recoverState(this.#path, this.#folder, () => this.#journals.voidAll());
  }

  /** See `purgeState`. */
  purge(options: { readonly backups: boolean }): Purged | undefined {
    this.#forget();
    return purgeState(this.#path, this.#folder, options);
  }

  #open(): FileSnapshot | undefined {
    const fd = openRegular(this.#path);
    if (fd === undefined) return undefined;
    const mark = markOf(fd);
    const known = this.#known?.mark === mark ? this.#known : undefined;
    const snapshot = reading(this.#path, () => new FileSnapshot(fd, () => this.#sortIn(), known?.index));
    const { fileIndex: index } = snapshot;
    const memories = known?.memories ?? Memories.load(this.#folder, mark, index.maps, index.syncedMs);
    this.#known = { mark, index, memories, fingerprint: known?.fingerprint };
    return snapshot;
  }

  #fingerprint(): Fingerprint | undefined {
    const fd = openRegular(this.#path);
    if (fd === undefined) return undefined;
    try {
      const known = this.#known?.mark === markOf(fd) ? this.#known : undefined;
      const fingerprint = known?.fingerprint ?? named(this.#path, () => fingerprintOf(fd));
      if (known !== undefined) this.#known = { ...known, fingerprint };
      return fingerprint;
    } finally {
      closeSync(fd);
    }
  }

  #sortIn(): string {
    if (this.#scratch === undefined) makePrivate(this.#folder);
    return this.#scratch ?? this.#folder;
  }

  #memories(): Memories {
    if (this.#known === undefined) this.snapshot().close();
    return this.#unwritten ?? this.#known?.memories ?? Memories.none([]);
  }

  #forget(): void {
    this.#known = undefined;
    this.#unwritten = undefined;
  }

  #replace(
    old: FileSnapshot | undefined,
    maps: readonly DirectoryMap[],
    memories: Memories,
    edited?: NonNullable<StateChange["edited"]>,
  ): void {
    const change = { syncedMs: memories.syncedMs, maps, ...(edited && { edited }) };
    const print = new Fingerprinter();
    let fingerprint: Fingerprint | undefined;
    const write = (sink: Sink): void => {
      const both = (bytes: Uint8Array): void => {
        print.add(bytes);
        sink(bytes);
      };
      spliceState(old?.items() ?? [], change, both);
    };
    const ready = (): void => {
      fingerprint = print.end();
      const keeps = staying(old?.maps ?? [], maps);
      this.#journals.announce({ state: fingerprint, keeps, recorded: edited?.map });
      keepPrevious(this.#path, this.#folder);
    };
    replaceFile(this.#path, this.#folder, write, ready);
    this.#settle({ index: undefined, memories, fingerprint });
  }

  /** Only moments and identities are new. */
  #touch(index: StateIndex, memories: Memories): void {
    const { syncedMs } = memories;
    if (index.syncedMs !== syncedMs) this.#writeSynced(syncedMs);
    this.#settle({ index: { ...index, syncedMs }, memories, fingerprint: this.#known?.fingerprint });
  }

  /** After the file: until this is done the oldest moment, which the file holds, stands for all. */
  #settle(known: Omit<Known, "mark">): void {
    const fd = openRegular(this.#path);
    if (fd === undefined) throw noStateFile(this.#path);
    const mark = markOf(fd);
    closeSync(fd);
    known.memories.save(this.#folder, mark);
    this.#known = { ...known, mark };
    this.#unwritten = undefined;
  }

  /** The only write that is not a rename: eight bytes of one sector. */
  #writeSynced(syncedMs: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(syncedMs));
    named(`${this.#path} cannot be written`, () => {
      const fd = openSync(this.#path, "r+");
      try {
        fchmodSync(fd, 0o600);
        writeSync(fd, bytes, 0, 8, SYNCED_OFFSET);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    });
  }
}

/** What is wrong is told with the path of the file. */
function reading<T>(path: string, read: () => T): T {
  try {
    return named(path, read);
  } catch (error) {
    throw error instanceof StateFormatError ? error.in(path) : error;
  }
}

/** Tells this version of the file from any other one, such as one put back from a backup. */
function markOf(fd: number): string {
  const { ino, size, mtimeNs } = fstatSync(fd, { bigint: true });
  return `${ino}-${size}-${mtimeNs}`;
}
