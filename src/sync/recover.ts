/**
 * Settles what a run that was cut off has left, before anything is planned: what it had done is taken over, what
 * it was doing is looked at, and what cannot be told is forgotten. Reads only; `settleLeftover` records and clears away.
 */

import { editRecords, withoutStrangers } from "../core/edit-records.ts";
import { inOrder } from "../core/in-order.ts";
import { editOfOldName } from "../core/resolve-intent.ts";
import { EditSorter } from "../core/sort-edits.ts";
import { BsyncError, PathError } from "../model/errors.ts";
import type { Intent } from "../model/intent.ts";
import { forgotten, isUnknown } from "../model/observation.ts";
import { keyName, type ObjectKey } from "../model/object-key.ts";
import type { BaseEdit } from "../model/outcome.ts";
import type { MapMemory } from "../model/pair.ts";
import type { FileTree } from "../ports/file-tree.ts";
import type { Leftover } from "../ports/journal.ts";
import type { ObjectStore } from "../ports/object-store.ts";
import type { Spool } from "../ports/spool.ts";
import type { StateSnapshot } from "../ports/state-store.ts";
import type { MapPorts } from "./map-ports.ts";
import { resolveIntent } from "./resolve.ts";

interface Sides {
  readonly files: Pick<FileTree, "sweep">;
  readonly objects: Pick<ObjectStore, "abort">;
}

export interface Recovery {
  readonly leftover: Leftover;
  /** Ascending: what the records must say. */
  readonly edits: Spool<BaseEdit>;
  /** Intents that were not settled: what they have made may lie about. */
  readonly open: readonly Intent[];
}

/** @returns undefined: the last run of this map ended in order @throws {BsyncError} nobody can look now at what it was doing */
export async function recover(ports: MapPorts): Promise<Recovery | undefined> {
  const { map, state, snapshot, newSpool } = ports;
  const leftover = state.leftover(map);
  if (leftover === undefined) return undefined;
  const sorter = new EditSorter(newSpool);
  const edits = newSpool<BaseEdit>();
  try {
    const open = openIntents(leftover, (key, edit, intent) => {
      if (leftover.state === "other") forgetNames(key, intent, sorter);
      else if (leftover.state === "begun" && edit !== undefined) settle(ports, sorter, edit, intent);
    });
    if (leftover.state === "other") for (const intent of open) forgetNames(intent.key, intent, sorter);
    if (leftover.state === "begun") await resolveAll(ports, lastOfEach(open), sorter);
    for (const edit of withoutStrangers(sorter, snapshot.records(map))) edits.add(edit);
    await ports.reporter.noted(map, wordsFor(leftover, edits.length));
    return { leftover, edits, open };
  } catch (error) {
    edits.close();
    throw error;
  } finally {
    sorter.close();
  }
}

/** The snapshot as it will read when the recovery is recorded. */
export function recovered(snapshot: StateSnapshot, { edits }: Recovery): StateSnapshot {
  return {
    syncedMs: snapshot.syncedMs,
    maps: snapshot.maps,
    records: (map) => ({ [Symbol.iterator]: () => editRecords(snapshot.records(map), edits) }),
    splitKeys: (map) => snapshot.splitKeys(map),
    close: () => snapshot.close(),
  };
}

/** Durable first; only then is anything cleared away, so that a run that is cut off here does no more than this again. */
export async function settleLeftover(
  ports: MapPorts,
  { leftover, edits, open }: Recovery,
  memory: MapMemory,
): Promise<void> {
  if (leftover.state !== "recorded") ports.state.record(ports.map, edits, memory);
  await clearAway(ports, open);
  leftover.remove();
}

/** What is left of a map that is mapped no longer: there are no records to settle. */
export async function clearStray(ports: Sides, leftover: Leftover): Promise<void> {
  await clearAway(
    ports,
    openIntents(leftover, () => {}),
  );
  leftover.remove();
}

async function clearAway({ files, objects }: Sides, open: readonly Intent[]): Promise<void> {
  for (const intent of open) {
    try {
      if (intent.does === "set-aside") files.sweep(intent.key, intent.name);
      if ("uploadId" in intent && intent.uploadId !== undefined)
        await objects.abort(intent.key, intent.uploadId);
    } catch (error) {
      if (!(error instanceof PathError)) throw error; // what cannot be reached now is no harm where it lies
    }
  }
}

/**
 * @param settled gets the last intent that was
 * @returns the intents that were not settled, in the order of writing
 */
function openIntents(
  leftover: Leftover,
  settled: (key: ObjectKey, edit: BaseEdit | undefined, intent: Intent | undefined) => void,
): readonly Intent[] {
  const open = new Map<ObjectKey, Intent[]>();
  for (const entry of leftover.entries()) {
    if ("settled" in entry) {
      settled(entry.settled, entry.edit, open.get(entry.settled)?.at(-1));
      open.delete(entry.settled);
      continue;
    }
    const { intent } = entry;
    const known = open.get(intent.key);
    if (known === undefined) open.set(intent.key, [intent]);
    else known.push(intent);
  }
  return [...open.values()].flat();
}

function lastOfEach(intents: readonly Intent[]): Iterable<Intent> {
  return new Map(intents.map((intent) => [intent.key, intent])).values();
}

async function resolveAll(ports: MapPorts, intents: Iterable<Intent>, sorter: EditSorter): Promise<void> {
  const resolve = async (intent: Intent) => ({ intent, fate: await resolveIntent(ports, intent) });
  for await (const { intent, fate } of inOrder(intents, resolve, { concurrency: 16, window: 64 })) {
    const { key, does } = intent;
    // Whatever is done now would rest on a record that may be wrong, and the journal could tell later.
    if (fate === "untold")
      throw new BsyncError(`what became of ${keyName(key)} cannot be looked at now`, { hint: HINT });
    if (fate === "unknown") forgetNames(key, intent, sorter);
    else settle(ports, sorter, fate, intent);
    const became = typeof fate === "string" ? fate : "done";
    await ports.reporter.noted(ports.map, `recovered: ${does} was cut off: ${became}`, key);
  }
}

const HINT =
  "the last run was cut off while it wrote that; run s3-bsync again: nothing is done before it can be read";

/** What was renamed here has left its old name without the user's doing. */
function settle(
  { files }: MapPorts,
  sorter: EditSorter,
  fate: BaseEdit | "never landed",
  intent: Intent | undefined,
): void {
  if (fate !== "never landed") sorter.add(fate);
  if (intent?.does !== "rename-file") return;
  const old = files.observe(intent.file.key);
  const edit = old !== undefined && isUnknown(old) ? undefined : editOfOldName(intent, fate, old);
  if (edit !== undefined) sorter.add(edit);
}

function forgetNames(key: ObjectKey, intent: Intent | undefined, sorter: EditSorter): void {
  const names = intent?.does === "rename-file" ? [key, intent.file.key] : [key];
  for (const name of names) sorter.add({ key: name, record: forgotten(name) });
}

function wordsFor({ state }: Leftover, edits: number): string {
  switch (state) {
    case "begun":
      return `recovered: the last run was cut off; ${edits} records are taken from its journal`;
    case "recorded":
      return "recovered: the last run was cut off after it had recorded all it did";
    case "other":
      return `recovered: a run was cut off, and the state file is another one since; ${edits} records are forgotten, and compared anew`;
  }
}
