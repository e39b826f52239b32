/**
 * A process of the memory test: `node stream-state.mjs WORK FILE OBJECTS` does one kind of work on a state
 * file of that many objects and prints its peak memory in KiB.
 */

import type { ObjectKey } from "../../src/model/object-key.ts";
import type { BaseRecord } from "../../src/model/observation.ts";
import type { BaseEdit } from "../../src/model/outcome.ts";
import { StateFile } from "../../src/state/state-file.ts";

const [work = "", path = "", objects = ""] = process.argv.slice(2);
const count = Number(objects);
const LAST = String(10_000_000 + count - 1) as ObjectKey;
const store = new StateFile(path);
const map = store.maps()?.[0];
if (map === undefined) throw new Error("no map");
const memory = { momentMs: 1, identity: undefined };

const snapshot = store.snapshot();

if (work === "read") {
  let read = 0;
  for (const batch of snapshot.records(map)) read += batch.length;
  if (read !== count) throw new Error(`${read} objects`);
}
if (work === "splice")
  store.record(map, [{ key: snapshot.splitKeys(map)?.[0] ?? LAST, record: undefined }], memory);
if (work === "anew") store.record(map, anew(snapshot.records(map)), memory);
snapshot.close();
process.stdout.write(String(process.resourceUsage().maxRSS));

/** An edit for every record. */
function* anew(batches: Iterable<readonly BaseRecord[]>): Generator<BaseEdit> {
  for (const batch of batches) {
    for (const record of batch) {
      yield { key: record.key, record: { ...record, etag: "00112233445566778899aabbccddeeff" } };
    }
  }
}
