/** Records and edits of them, both ascending, walked side by side. */

import type { BaseRecord } from "../model/observation.ts";
import type { BaseEdit } from "../model/outcome.ts";

/** The records as they will be. */
export function* editRecords(
  batches: Iterable<readonly BaseRecord[]>,
  edits: Iterable<BaseEdit>,
): Generator<readonly BaseRecord[], void, undefined> {
  const pending = edits[Symbol.iterator]();
  let edit = pending.next();
  for (const batch of batches) {
    const edited: BaseRecord[] = [];
    for (const record of batch) {
      for (; edit.done !== true && edit.value.key < record.key; edit = pending.next()) {
        if (edit.value.record !== undefined) edited.push(edit.value.record);
      }
      if (edit.done === true || edit.value.key !== record.key) {
        edited.push(record);
        continue;
      }
      if (edit.value.record !== undefined) edited.push(edit.value.record);
      edit = pending.next();
    }
    yield edited;
  }
  const added: BaseRecord[] = [];
  for (; edit.done !== true; edit = pending.next()) {
    if (edit.value.record !== undefined) added.push(edit.value.record);
  }
  yield added;
}

/** The edits, without those that forget what has no record: a name that is not tracked does not become so. */
export function* withoutStrangers(
  edits: Iterable<BaseEdit>,
  batches: Iterable<readonly BaseRecord[]>,
): Generator<BaseEdit, void, undefined> {
  const records = flat(batches);
  let record = records.next();
  for (const edit of edits) {
    while (record.done !== true && record.value.key < edit.key) record = records.next();
    const tracked = record.done !== true && record.value.key === edit.key;
    if (tracked || edit.record?.etag !== "") yield edit;
  }
}

function* flat<T>(batches: Iterable<readonly T[]>): Generator<T, void, undefined> {
  for (const batch of batches) yield* batch;
}
