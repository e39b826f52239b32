/** The directory that a name is to come into being in, made where it is missing. */

import { mkdirSync } from "node:fs";
import { directoryOf } from "../model/object-key.ts";
import { type HeldDirectory, reach, removeIfEmpty } from "./held-directory.ts";
import type { Root } from "./root.ts";
import type { DirectorySync } from "./sync-directory.ts";

/** A directory that was made on the way. */
interface Made {
  readonly parent: HeldDirectory;
  readonly name: string;
}

export class TargetDirectory {
  readonly held: HeldDirectory;
  /** Topmost first. */
  readonly #made: readonly Made[];

  private constructor(held: HeldDirectory, made: readonly Made[]) {
    this.held = held;
    this.#made = made;
  }

  /** @throws errors of the file system; nothing is left behind then */
  static make(root: Root, key: string): TargetDirectory {
    let { held, rest } = reach(root, directoryOf(key));
    const made: Made[] = [];
    try {
      for (const name of rest) {
        mkdirSync(held.at(name)); // EEXIST: something that is no directory
        made.push({ parent: held, name });
        held = held.child(name);
      }
      return new TargetDirectory(held, made);
    } catch (error) {
      if (made.at(-1)?.parent !== held) held.close();
      unmake(made);
      throw error;
    }
  }

  /** Makes durable what was made on the way. */
  async syncMade(sync: DirectorySync): Promise<void> {
    await Promise.all(this.#made.map(({ parent }) => sync.sync(parent)));
  }

  /** Lets go of it. What was made, and is still empty, is removed. */
  close(): void {
    this.held.close();
    unmake(this.#made);
  }
}

function unmake(made: readonly Made[]): void {
  for (const { parent, name } of made.toReversed()) {
    removeIfEmpty(parent, name);
    parent.close();
  }
}
