/** A file tree as a process has it that can be killed. */

import type { LocalFile, Unknown } from "../../../src/model/observation.ts";
import type { ObjectKey } from "../../../src/model/object-key.ts";
import type {
  FileTree,
  OpenFile,
  Scan,
  ScanOptions,
  StagedFile,
  StageOptions,
} from "../../../src/ports/file-tree.ts";
import type { MemoryFileTree } from "../../support/memory-file-tree.ts";
import type { Life } from "./life.ts";

export class MortalFiles implements FileTree {
  readonly #tree: MemoryFileTree;
  readonly #life: Life;

  constructor(tree: MemoryFileTree, life: Life) {
    this.#tree = tree;
    this.#life = life;
    tree.before = (step, key) => life.pass(step, key);
  }

  get foldsNames(): boolean {
    return this.#tree.foldsNames;
  }

  identity() {
    return this.#tree.identity();
  }

  scan(options: ScanOptions): Scan {
    const scan = this.#tree.scan(options);
    const life = this.#life;
    const batches = async function* () {
      for (const batch of scan.batches as Iterable<readonly (LocalFile | Unknown)[]>) {
        yield await life.through("scan done", "" as ObjectKey, async () => batch);
      }
    };
    return { ...scan, batches: batches() };
  }

  guessSplits() {
    return this.#tree.guessSplits();
  }

  ignoreFiles() {
    return this.#life.through(undefined, "" as ObjectKey, () => this.#tree.ignoreFiles());
  }

  observe(key: ObjectKey) {
    return this.#tree.observe(key);
  }

  isTaken(key: ObjectKey) {
    return this.#tree.isTaken(key);
  }

  async open(file: LocalFile): Promise<OpenFile> {
    const life = this.#life;
    const open = await life.through("open done", file.key, () => this.#tree.open(file));
    return {
      file: open.file,
      mtimeNs: open.mtimeNs,
      mode: open.mode,
      read: (from, length) => life.through("read done", file.key, () => open.read(from, length)),
      unchanged: () => open.unchanged(),
      etags: (partBytes) => life.through("read done", file.key, () => open.etags(partBytes)),
      sha256: () => life.through("read done", file.key, () => open.sha256()),
      equals: (chunks) => life.through("read done", file.key, () => open.equals(chunks)),
      close: () => open.close(),
    };
  }

  async stage(key: ObjectKey, chunks: AsyncIterable<Uint8Array>, options: StageOptions): Promise<StagedFile> {
    const life = this.#life;
    const staged = await life.through("stage done", key, () => this.#tree.stage(key, chunks, options));
    return {
      file: staged.file,
      commit: () => life.through("commit done", key, () => staged.commit()),
      discard: () => staged.discard(),
    };
  }

  remove(file: LocalFile): Promise<void> {
    return this.#life.through("remove done", file.key, () => this.#tree.remove(file));
  }

  rename(file: LocalFile, to: ObjectKey): Promise<LocalFile> {
    return this.#life.through("rename done", to, () => this.#tree.rename(file, to));
  }

  sweep(key: ObjectKey, setAside: string): void {
    this.#tree.sweep(key, setAside);
  }
}
