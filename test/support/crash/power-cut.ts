/** A disk of its own whose power can be cut: what was not written by then is gone. */

import { spawnSync } from "node:child_process";
import { copyFileSync, constants, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { atExit } from "../servers/at-exit.ts";
import { tempDir, type TempDir } from "../temp-dir.ts";

export const NO_POWER_CUT =
  "the power of a disk cannot be cut here: this needs root, mkfs, loop devices, and perl or python3";

export interface Kind {
  readonly name: string;
  readonly mkfs: readonly string[];
  readonly options: string;
  readonly bytes: number;
}

const PATIENCE_MS = 10_000;
const MIB = 1024 * 1024;

/** The first is what Linux does where nobody has asked for anything else; the second keeps no promise that POSIX does not make. */
export const KINDS: readonly Kind[] = [
  { name: "ext4", mkfs: ["mkfs.ext4", "-q"], options: "loop", bytes: 48 * MIB },
  {
    name: "ext4 that does not flush what is renamed",
    mkfs: ["mkfs.ext4", "-q"],
    options: "loop,noauto_da_alloc",
    bytes: 48 * MIB,
  },
  { name: "XFS", mkfs: ["mkfs.xfs", "-q"], options: "loop", bytes: 320 * MIB },
];

/** The number of FS_IOC_SHUTDOWN of ext4 and XFS, and what asks to flush nothing at all. */
const [SHUTDOWN, NOTHING_FLUSHED] = [0x8004587d, 2];
const CUTTERS: readonly (readonly string[])[] = [
  ["perl", "-e", `open(F, "<", $ARGV[0]) && ioctl(F, ${SHUTDOWN}, pack("I", ${NOTHING_FLUSHED})) or exit 1`],
  [
    "python3",
    "-c",
    `import fcntl,os,struct,sys;fcntl.ioctl(os.open(sys.argv[1],os.O_RDONLY),${SHUTDOWN},struct.pack("I",${NOTHING_FLUSHED}))`,
  ],
];

export class PowerDisk implements Disposable {
  /** Where it is mounted. */
  readonly path: string;
  readonly #dir: TempDir;
  readonly #options: string;
  readonly #image: string;
  readonly #kept: string;
  readonly #forget: () => void;

  private constructor(dir: TempDir, options: string) {
    this.#dir = dir;
    this.#options = options;
    this.#image = join(dir.path, "image");
    this.#kept = join(dir.path, "kept");
    using mount = tempDir("disk");
    this.path = mount.path;
    this.#forget = atExit(() => this.#end());
  }

  /** @returns undefined: not here */
  static async make({ mkfs, options, bytes }: Kind): Promise<PowerDisk | undefined> {
    const disk = new PowerDisk(tempDir("power"), options);
    writeFileSync(disk.#image, "");
    truncateSync(disk.#image, bytes);
    const [command = "", ...words] = mkfs;
    const made = runs("mkdir", disk.path) && runs(command, ...words, disk.#image) && disk.#mount();
    // Whether it can be cut is found out here.
    if (made && (await disk.cut())) return disk;
    disk[Symbol.dispose]();
    return undefined;
  }

  /** All that is on it now is what `rewind` brings back. */
  async keep(): Promise<void> {
    await this.#unmount();
    copyFileSync(this.#image, this.#kept, constants.COPYFILE_FICLONE);
    this.#mount();
  }

  async rewind(): Promise<void> {
    await this.#unmount();
    copyFileSync(this.#kept, this.#image, constants.COPYFILE_FICLONE);
    this.#mount();
  }

  /** Off and on again. @returns false: it cannot be cut */
  async cut(): Promise<boolean> {
    const isCut = CUTTERS.some(([command = "", ...words]) => runs(command, ...words, this.path));
    await this.#unmount();
    return this.#mount() && isCut;
  }

  [Symbol.dispose](): void {
    this.#end();
    this.#forget();
  }

  #mount(): boolean {
    return runs("mount", "-o", this.#options, this.#image, this.path);
  }

  /** A run in this process may still close a file that it has done with. */
  async #unmount(): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!runs("umount", this.path)) {
      if (Date.now() > end) throw new Error(`${this.path} is in use`);
      await setImmediate();
    }
  }

  #end(): void {
    runs("umount", this.path);
    runs("rmdir", this.path);
    this.#dir.remove();
  }
}

function runs(command: string, ...words: readonly string[]): boolean {
  return spawnSync(command, words, { stdio: "ignore" }).status === 0;
}
