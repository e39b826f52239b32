/** A fresh look at one path. */

import { fstatSync, lstatSync, readdirSync } from "node:fs";
import type { LocalFile, Unknown } from "../model/observation.ts";
import { directoryOf, type ObjectKey } from "../model/object-key.ts";
import { nameOf } from "./disk-path.ts";
import { type HeldDirectory, reach } from "./held-directory.ts";
import { oddity, toLocalFile } from "./observation.ts";
import { errorCode, errorWords } from "../core/error-words.ts";
import type { Root } from "./root.ts";

export class Observer {
  readonly #root: Root;
  readonly #foldsNames: () => boolean;
  #listed: { readonly version: string; readonly names: ReadonlySet<string> } | undefined;

  constructor(root: Root, foldsNames: () => boolean) {
    this.#root = root;
    this.#foldsNames = foldsNames;
  }

  /** @returns undefined where nothing is, proved by reading the directory that would name it */
  observe(key: ObjectKey): LocalFile | Unknown | undefined {
    const unknown = (why: string, reported: boolean): Unknown => ({
      key,
      unknown: why,
      reported,
      below: false,
    });
    try {
      const { held, rest } = reach(this.#root, directoryOf(key));
      try {
        return this.#look(held, key, rest, unknown);
      } finally {
        held.close();
      }
    } catch (error) {
      const code = errorCode(error);
      if (code === undefined) throw error;
      return unknown(`cannot be looked at: ${errorWords(code)}`, true);
    }
  }

  /** Whether the file system finds something under this name, in this or another case or form, or cannot tell. */
  isTaken(key: ObjectKey): boolean {
    try {
      const { held, rest } = reach(this.#root, directoryOf(key));
      try {
        return lstatSync(held.at(rest[0] ?? nameOf(key)), { throwIfNoEntry: false }) !== undefined;
      } finally {
        held.close();
      }
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      return true;
    }
  }

  /** @param rest what stands between the directory and the name; empty: nothing */
  #look(
    held: HeldDirectory,
    key: ObjectKey,
    rest: readonly string[],
    unknown: (why: string, reported: boolean) => Unknown,
  ): LocalFile | Unknown | undefined {
    const name = rest[0] ?? nameOf(key);
    const stats = lstatSync(held.at(name), { throwIfNoEntry: false });
    if (stats === undefined || this.#foldsNames()) {
      const listed = this.#names(held).has(name);
      if (!listed) return undefined;
      if (stats === undefined) return unknown("changing while it is looked at", true);
    }
    if (stats.isFile()) return rest.length === 0 ? toLocalFile(key, stats) : undefined; // nothing is below a file
    if (!stats.isDirectory()) return unknown(oddity(stats), false);
    return rest.length === 0 ? undefined : unknown("changing while it is looked at", true);
  }

  /** The names in a directory, read again only where it has changed. */
  #names(held: HeldDirectory): ReadonlySet<string> {
    const { dev, ino, mtimeNs, ctimeNs } = fstatSync(held.fd, { bigint: true });
    const version = [dev, ino, mtimeNs, ctimeNs].join(" ");
    if (this.#listed?.version !== version) {
      this.#listed = { version, names: new Set(readdirSync(held.at("."), { encoding: "latin1" })) };
    }
    return this.#listed.names;
  }
}
