/** Names in a tree that belong to this program: they are not the user's files, and are never synced. */

import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { keyOfText, type ObjectKey } from "../model/object-key.ts";

/** A name that no user's file has by accident, and that no two writers share. */
export function setAsideName(): string {
  return `.s3-bsync-${randomBytes(16).toString("hex")}`;
}

export function isSetAside(name: string): boolean {
  return name.startsWith(".s3-bsync-") && /^\.s3-bsync-[0-9a-f]{32}$/.test(name);
}

export class OwnNames {
  readonly #keys: ReadonlySet<string>;

  /** @param hidden absolute paths of what is ours wherever it lies: the state file, its companion folder */
  constructor(root: string, hidden: readonly string[]) {
    const top = real(root);
    const inside = hidden.map(realInItsFolder).filter((each) => each.startsWith(`${top}/`));
    this.#keys = new Set(inside.map((each) => keyOfText(each.slice(top.length + 1))));
  }

  /** @param key without a final "/" */
  isState(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Whether the state lies at this key, or the key below it. */
  isInState(key: ObjectKey): boolean {
    for (const own of this.#keys) if (key === own || key.startsWith(`${own}/`)) return true;
    return false;
  }
}

function realInItsFolder(path: string): string {
  return join(real(dirname(path)), basename(path));
}

function real(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
