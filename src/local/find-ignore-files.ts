/** Finds the ignore files of a whole tree, by a glob. */

import { IGNORE_FILE, keyOfText, directoryOf, type ObjectKey } from "../model/object-key.ts";
import type { IgnoreTexts } from "../model/ignoring.ts";
import { readIgnoreFile } from "./read-ignore-file.ts";

/** @returns by directory; those that cannot be read are left out */
export async function findIgnoreFiles(root: string): Promise<IgnoreTexts> {
  const { default: glob } = await import("fast-glob");
  const names = await glob(`**/${IGNORE_FILE}`, {
    cwd: root,
    dot: true,
    followSymbolicLinks: false,
    suppressErrors: true,
  });
  const texts = new Map<ObjectKey, string>();
  for (const name of names) {
    const directory = directoryOf(keyOfText(name)) as ObjectKey;
    const text = readIgnoreFile(root, directory);
    if (typeof text === "string") texts.set(directory, text);
  }
  return texts;
}
