/** FileTree over a real directory. */

import { nameFault } from "../core/usable-names.ts";
import { PathError } from "../model/errors.ts";
import type { IgnoreTexts } from "../model/ignoring.ts";
import type { LocalFile, Unknown } from "../model/observation.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { RootIdentity } from "../model/pair.ts";
import type { FileTree, OpenFile, Scan, ScanOptions, StagedFile, StageOptions } from "../ports/file-tree.ts";
import { findIgnoreFiles } from "./find-ignore-files.ts";
import { foldsNames } from "./folds-names.ts";
import { guessSplits } from "./guess-splits.ts";
import { identity } from "./identity.ts";
import { Observer } from "./observe.ts";
import { OwnNames } from "./own-names.ts";
import { openFile } from "./read-file.ts";
import { removeFile } from "./remove-file.ts";
import { renameFile } from "./rename-file.ts";
import { stageFile } from "./replace-file.ts";
import { Root } from "./root.ts";
import { scan } from "./scan.ts";
import { sweepSetAside } from "./sweep-set-aside.ts";
import { DirectorySync } from "./sync-directory.ts";

export interface DirectoryOptions {
  /** Byte string that stands before every key: its length counts against what a key may have. */
  readonly keyPrefix: string;
  /** Absolute paths that are never synced, wherever they lie: the state file and its companion folder. */
  readonly hidden: readonly string[];
}

/** @param root absolute; may be a symlink */
export function directory(root: string, { keyPrefix, hidden }: DirectoryOptions): FileTree {
  return new Directory(root, keyPrefix.length, hidden);
}

class Directory implements FileTree {
  readonly #root: Root;
  readonly #prefixBytes: number;
  readonly #hidden: readonly string[];
  readonly #observer: Observer;
  readonly #sync = new DirectorySync();
  #folds: boolean | undefined;
  #ownNames: OwnNames | undefined;

  constructor(root: string, prefixBytes: number, hidden: readonly string[]) {
    this.#root = new Root(root);
    this.#prefixBytes = prefixBytes;
    this.#hidden = hidden;
    this.#observer = new Observer(this.#root, () => this.foldsNames);
  }

  get foldsNames(): boolean {
    return (this.#folds ??= foldsNames(this.#root.path));
  }

  identity(): RootIdentity | undefined {
    const seen = identity(this.#root.path);
    if (seen !== undefined) this.#root.pin();
    return seen;
  }

  scan(options: ScanOptions): Scan {
    return scan({ root: this.#root.path, prefixBytes: this.#prefixBytes, own: this.#own }, options);
  }

  guessSplits(): readonly ObjectKey[] {
    return guessSplits(this.#root.path);
  }

  ignoreFiles(): Promise<IgnoreTexts> {
    return findIgnoreFiles(this.#root.path);
  }

  observe(key: ObjectKey): LocalFile | Unknown | undefined {
    const fault = this.#fault(key);
    if (fault === undefined) return this.#observer.observe(key);
    return { key, unknown: fault, reported: true, below: false };
  }

  isTaken(key: ObjectKey): boolean {
    return this.#fault(key) !== undefined || this.#observer.isTaken(key);
  }

  async open(file: LocalFile): Promise<OpenFile> {
    this.#check(file.key);
    return openFile(this.#root, file);
  }

  async stage(key: ObjectKey, chunks: AsyncIterable<Uint8Array>, options: StageOptions): Promise<StagedFile> {
    this.#check(key);
    return stageFile({ root: this.#root, key, sync: this.#sync }, chunks, options);
  }

  async remove(file: LocalFile): Promise<void> {
    this.#check(file.key);
    return removeFile(this.#root, file, this.#sync);
  }

  async rename(file: LocalFile, to: ObjectKey): Promise<LocalFile> {
    this.#check(file.key);
    this.#check(to);
    return renameFile(this.#root, file, to, this.#sync);
  }

  sweep(key: ObjectKey, setAside: string): void {
    if (this.#fault(key) === undefined) sweepSetAside(this.#root, key, setAside);
  }

  /** Whatever comes in: no key leads out of the root, or to what is ours. */
  #check(key: ObjectKey): void {
    const fault = this.#fault(key);
    if (fault !== undefined) throw new PathError(fault);
  }

  #fault(key: ObjectKey): string | undefined {
    const fault = nameFault(key, this.#prefixBytes + key.length);
    if (fault !== undefined) return fault;
    return this.#own.isInState(key) ? "the state of s3-bsync lies there" : undefined;
  }

  get #own(): OwnNames {
    return (this.#ownNames ??= new OwnNames(this.#root.path, this.#hidden));
  }
}
