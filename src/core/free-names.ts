/** Finds each of many versions a name that no other one has, in a directory that is still to be filled. */

import { directoryOf, type ObjectKey } from "../model/object-key.ts";
import { fold } from "./name-clashes.ts";

/** Memory grows with the names. */
export class FreeNames {
  readonly #folds: boolean;
  readonly #files = new Set<string>();
  readonly #directories = new Set<string>();

  /** @param folds names that differ only in case or Unicode form are one */
  constructor(folds: boolean) {
    this.#folds = folds;
  }

  /** @returns the key, or `a/name.MARK.ext` where it is taken, or with a number behind the mark where that is */
  take(key: ObjectKey, mark: string): ObjectKey {
    const end = this.#clashAt(key);
    let name = key;
    for (let count = 1; this.#clashAt(name) !== undefined; count++) {
      name = marked(key, end ?? key.length, count === 1 ? mark : `${mark}-${count}`);
    }
    this.#add(name);
    return name;
  }

  /** Where the component ends because of which it cannot be: a file is there, or a directory. */
  #clashAt(key: ObjectKey): number | undefined {
    const name = this.#same(key);
    const above = directoriesOf(name).find((directory) => this.#files.has(directory.slice(0, -1)));
    if (above !== undefined) return above.length - 1;
    return this.#files.has(name) || this.#directories.has(`${name}/`) ? key.length : undefined;
  }

  #add(key: ObjectKey): void {
    const name = this.#same(key);
    this.#files.add(name);
    for (const directory of directoriesOf(name)) this.#directories.add(directory);
  }

  #same(key: ObjectKey): string {
    return this.#folds ? fold(key) : key;
  }
}

/** `a/b/c` lies in `a/b/` and `a/`. */
function directoriesOf(name: string): readonly string[] {
  const directories: string[] = [];
  for (let at = directoryOf(name); at !== ""; at = directoryOf(at.slice(0, -1))) directories.push(at);
  return directories;
}

/** Before the extension of the component that ends there, so that a file still opens with the same program. */
function marked(key: ObjectKey, end: number, mark: string): ObjectKey {
  const from = directoryOf(key.slice(0, end)).length;
  const dot = key.lastIndexOf(".", end - 1);
  const at = dot > from ? dot : end;
  return `${key.slice(0, at)}.${mark}${key.slice(at)}` as ObjectKey;
}
