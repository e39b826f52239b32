/** FileTree in memory: for tests of what stands above it. Passes the same contract as the real directory. */

import { IgnoreRules } from "../../src/core/ignore-rules.ts";
import { nameFault } from "../../src/core/usable-names.ts";
import { PathError, Stale } from "../../src/model/errors.ts";
import type { IgnoreTexts } from "../../src/model/ignoring.ts";
import type { LocalFile, Unknown } from "../../src/model/observation.ts";
import { directoryOf, isIgnoreFile, keyOfText, keyText, type ObjectKey } from "../../src/model/object-key.ts";
import type { RootIdentity } from "../../src/model/pair.ts";
import type {
  FileTree,
  OpenFile,
  Scan,
  ScanOptions,
  StagedFile,
  StageOptions,
} from "../../src/ports/file-tree.ts";
import { joined, type MemoryFile, MemoryOpenFile } from "./memory-open-file.ts";

/**
 * "discard": what was set aside is about to be cleared away; where that throws, it stays. "halfway": a file has its
 * new name and still its old one; only a kill comes between.
 */
export type Step =
  | "scan"
  | "open"
  | "read"
  | "stage"
  | "commit"
  | "discard"
  | "remove"
  | "rename"
  | "halfway"
  | "sweep";

export interface MemoryFileTreeOptions {
  /** Names that differ only in case are one file. */
  readonly folds?: boolean;
}

export class MemoryFileTree implements FileTree {
  readonly foldsNames: boolean;
  /** Called before each step: the place to edit the tree under the program's hands, or to throw. */
  before: (step: Step, key: ObjectKey) => void = () => undefined;
  root: RootIdentity | undefined = { realPath: "/memory", ino: 1, birthMs: 1 };
  /** Our hidden files, by path: there from the moment they are announced until they are in place or cleared away. */
  readonly setAside = new Set<string>();
  readonly #entries = new Map<string, MemoryFile>();
  readonly #unknown = new Map<ObjectKey, Unknown>();
  #ticks = 0;

  constructor({ folds = false }: MemoryFileTreeOptions = {}) {
    this.foldsNames = folds;
  }

  /** Writes a file as a user would, replacing what is there. @param mtimeMs may have a fraction */
  put(path: string, content: string | Uint8Array, mtimeMs = 1_000_000 + this.#ticks): void {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    this.#store(keyOfText(path), bytes, BigInt(Math.round(mtimeMs * 1e3)) * 1000n);
  }

  /** @returns undefined: there is no such file */
  text(path: string): string | undefined {
    const entry = this.#entry(keyOfText(path));
    return entry === undefined ? undefined : Buffer.from(entry.bytes).toString();
  }

  erase(path: string): void {
    this.#entries.delete(this.#slot(keyOfText(path)));
  }

  /** Gives a file another name, as a user would: its inode and time stay. Replaces what is there. */
  move(from: string, to: string): void {
    const entry = this.#entry(keyOfText(from));
    if (entry === undefined) throw new Error(`there is no ${from}`);
    this.erase(from);
    this.#place({ ...entry, file: { ...entry.file, key: keyOfText(to) } });
  }

  /** Every name and its content, in no order. */
  *contents(): Generator<readonly [string, string], void, undefined> {
    for (const { bytes, file } of this.#entries.values())
      yield [keyText(file.key), Buffer.from(bytes).toString()];
  }

  /** Something that cannot be read or followed. @param path ending in "/": all below it */
  obscure(path: string, unknown = "unreadable", reported = true): void {
    const key = keyOfText(path);
    this.#unknown.set(key, { key, unknown, reported, below: key === "" || key.endsWith("/") });
  }

  paths(): string[] {
    return this.#files().map(({ key }) => keyText(key));
  }

  identity(): RootIdentity | undefined {
    return this.root;
  }

  scan(options: ScanOptions): Scan {
    const ignoreTexts = new Map<ObjectKey, string>();
    let pruned = false;
    const { before } = this;
    const walk = (): readonly (LocalFile | Unknown)[] => {
      before("scan", "" as ObjectKey);
      const rules = this.#rules(options, ignoreTexts);
      return this.#seen().filter(({ key }) => {
        if (!options.recursive && key.includes("/")) return false;
        if (!options.recursive || !rules.ignoresDirectory(directoryOf(key) as ObjectKey)) return true;
        pruned = true;
        return options.tracked(key) === key;
      });
    };
    const batches = (function* () {
      const seen = walk();
      for (let at = 0; at < seen.length; at += 3) yield seen.slice(at, at + 3);
    })();
    return { batches, ignoreTexts, pruned: () => pruned };
  }

  guessSplits(): readonly ObjectKey[] {
    return [];
  }

  async ignoreFiles(): Promise<IgnoreTexts> {
    const files = this.#files().filter(({ key }) => isIgnoreFile(key));
    return new Map(files.map(({ key }) => [directoryOf(key) as ObjectKey, this.text(keyText(key)) ?? ""]));
  }

  observe(key: ObjectKey): LocalFile | Unknown | undefined {
    const fault = nameFault(key, key.length);
    if (fault !== undefined) return { key, unknown: fault, reported: true, below: false };
    const covering = [...this.#unknown.values()].find((each) =>
      each.below ? key.startsWith(each.key) : key === each.key,
    );
    if (covering !== undefined) return { ...covering, key, below: false };
    const file = this.#entry(key)?.file;
    return file?.key === key ? file : undefined;
  }

  isTaken(key: ObjectKey): boolean {
    return this.#entry(key) !== undefined || isUnknownThere(this.observe(key));
  }

  async open(file: LocalFile): Promise<OpenFile> {
    check(file.key);
    this.before("open", file.key);
    const entry = this.#same(file);
    return new MemoryOpenFile(entry, () => {
      this.before("read", file.key);
      if (!sameFile(this.#entry(file.key)?.file, file)) throw new Stale("the file changed during the run");
    });
  }

  async stage(
    key: ObjectKey,
    chunks: AsyncIterable<Uint8Array>,
    { mtimeNs, replaces, mode, announce }: StageOptions,
  ): Promise<StagedFile> {
    check(key);
    this.before("stage", key);
    const ino = ++this.#ticks;
    const name = `.s3-bsync-${ino.toString(16).padStart(32, "0")}`;
    await announce(name);
    this.#expected(key, replaces);
    const hidden = keyText(directoryOf(key)) + name;
    this.setAside.add(hidden);
    try {
      const bytes = await joined(chunks);
      const file = { key, size: bytes.length, mtimeMs: toMs(mtimeNs), ctimeMs: this.#now(), ino };
      return this.#staged({ bytes, file, mtimeNs: (mtimeNs / 1000n) * 1000n, mode }, replaces, hidden);
    } catch (error) {
      this.#discard(key, hidden);
      throw error;
    }
  }

  async remove(file: LocalFile): Promise<void> {
    check(file.key);
    this.before("remove", file.key);
    this.#same(file);
    this.#entries.delete(this.#slot(file.key));
  }

  async rename(file: LocalFile, to: ObjectKey): Promise<LocalFile> {
    check(file.key);
    check(to);
    this.before("rename", file.key);
    const entry = this.#same(file);
    const recased = file.key !== to && this.#slot(file.key) === this.#slot(to);
    if (!recased) this.#expected(to, undefined);
    const renamed = this.#place({ ...entry, file: { ...entry.file, key: to } });
    this.before("halfway", to);
    if (!recased) this.#entries.delete(this.#slot(file.key));
    return renamed;
  }

  sweep(key: ObjectKey, setAside: string): void {
    this.before("sweep", key);
    this.setAside.delete(keyText(directoryOf(key)) + setAside);
  }

  #staged(entry: MemoryFile, replaces: LocalFile | undefined, hidden: string): StagedFile {
    const { key } = entry.file;
    let settled = false;
    const discard = (): void => {
      if (!settled) this.#discard(key, hidden);
      settled = true;
    };
    return {
      file: entry.file,
      commit: async () => {
        if (settled) throw new Error("committed or discarded before");
        try {
          this.before("commit", key);
          this.#expected(key, replaces);
        } catch (error) {
          discard();
          throw error;
        }
        settled = true;
        const placed = this.#place(entry);
        this.before("halfway", key);
        this.setAside.delete(hidden);
        return placed;
      },
      discard,
    };
  }

  #discard(key: ObjectKey, hidden: string): void {
    this.before("discard", key);
    this.setAside.delete(hidden);
  }

  #store(key: ObjectKey, bytes: Uint8Array, mtimeNs: bigint): LocalFile {
    const file = { key, size: bytes.length, mtimeMs: toMs(mtimeNs), ctimeMs: 0, ino: this.#ticks + 1 };
    return this.#place({ bytes, file, mtimeNs });
  }

  /** Under the name of its file, as of now. */
  #place(entry: MemoryFile): LocalFile {
    const file = { ...entry.file, ctimeMs: this.#now() };
    this.#entries.set(this.#slot(file.key), { ...entry, file });
    return file;
  }

  /** In ms; never the same twice. */
  #now(): number {
    return 1_000_000 + ++this.#ticks;
  }

  #rules({ recursive, overrides }: ScanOptions, texts: Map<ObjectKey, string>): IgnoreRules {
    for (const { key } of this.#files()) {
      const dir = directoryOf(key) as ObjectKey;
      if (isIgnoreFile(key) && (recursive || dir === "")) texts.set(dir, this.text(keyText(key)) ?? "");
    }
    for (const [dir, text] of overrides) texts.set(dir, text);
    return new IgnoreRules(texts, { recursive });
  }

  #seen(): readonly (LocalFile | Unknown)[] {
    const hidden = [...this.#unknown.values()];
    const files = this.#files().filter(
      ({ key }) => !hidden.some((each) => (each.below ? key.startsWith(each.key) : key === each.key)),
    );
    return [...files, ...hidden].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  #files(): readonly LocalFile[] {
    return [...this.#entries.values()].map(({ file }) => file).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  #expected(key: ObjectKey, replaces: LocalFile | undefined): void {
    if (replaces !== undefined) this.#same(replaces);
    else if (this.isTaken(key)) throw new Stale("the file changed during the run");
    for (let dir = directoryOf(key); dir !== ""; dir = directoryOf(dir.slice(0, -1))) {
      if (this.#entry(dir.slice(0, -1) as ObjectKey) !== undefined)
        throw new Stale("a parent is no directory");
    }
    if (this.#files().some((file) => file.key.startsWith(`${key}/`))) throw new Stale("a directory is there");
  }

  #same(file: LocalFile): MemoryFile {
    const entry = this.#entry(file.key);
    if (entry === undefined || !sameFile(entry.file, file))
      throw new Stale("the file changed during the run");
    return entry;
  }

  #entry(key: ObjectKey): MemoryFile | undefined {
    return this.#entries.get(this.#slot(key));
  }

  #slot(key: ObjectKey): string {
    return this.foldsNames ? keyText(key).normalize("NFC").toLowerCase() : key;
  }
}

/** Whole microseconds: what Node sets. */
function toMs(ns: bigint): number {
  return Number(ns / 1000n) / 1000;
}

function sameFile(a: LocalFile | undefined, b: LocalFile): boolean {
  return a?.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs;
}

function isUnknownThere(seen: LocalFile | Unknown | undefined): boolean {
  return seen !== undefined && "unknown" in seen;
}

function check(key: ObjectKey): void {
  const fault = nameFault(key, key.length);
  if (fault !== undefined) throw new PathError(fault);
}
