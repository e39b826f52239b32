/** What the backups of a machine hold, read by a program that did not write them. */

import assert from "node:assert/strict";
import StreamZip from "node-stream-zip";
import type { Machine } from "./world.ts";

/** Every one of these contents is in the backup, whole. */
export async function assertKept(machine: Machine, ...contents: readonly string[]): Promise<void> {
  const kept = await contentsOf(machine);
  for (const content of contents) assert.ok(kept.includes(content), `not in the backup: ${content}`);
}

/** Of every entry of every zip, manifests too. */
async function contentsOf(machine: Machine): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of machine.backups()) {
    const zip = new StreamZip.async({ file });
    try {
      for (const name of Object.keys(await zip.entries())) {
        found.push((await zip.entryData(name)).toString("latin1"));
      }
    } finally {
      await zip.close();
    }
  }
  return found;
}
