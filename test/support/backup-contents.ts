/** What the backups of a machine hold, read by a program that did not write them. */

import assert from "node:assert/strict";
import StreamZip from "node-stream-zip";

interface Keeper {
  /** Paths of all zips. */
  backups(): readonly string[];
}

/** Every one of these contents is in the backup, whole. */
export async function assertKept(keeper: Keeper, ...contents: readonly string[]): Promise<void> {
  const kept = (await backupEntries(keeper)).map(({ content }) => content);
  for (const content of contents) assert.ok(kept.includes(content), `not in the backup: ${content}`);
}

/** Every entry of every zip, manifests too. */
export async function backupEntries(
  keeper: Keeper,
): Promise<readonly { readonly name: string; readonly content: string }[]> {
  const found: { name: string; content: string }[] = [];
  for (const file of keeper.backups()) {
    const zip = new StreamZip.async({ file });
    try {
      for (const name of Object.keys(await zip.entries())) {
        found.push({ name, content: (await zip.entryData(name)).toString("latin1") });
      }
    } finally {
      await zip.close();
    }
  }
  return found;
}
