/** State files of any bytes: valid, or refused with the place of what is wrong (G18, SF3, SF16). */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { BsyncError, StateFormatError } from "../../src/model/errors.ts";
import { StateFile } from "../../src/state/state-file.ts";
import { fuzz, mutated } from "../support/fuzz.ts";
import { decodeState, directoryMap, encodeState, record } from "../support/state-bytes.ts";
import { tempDir } from "../support/temp-dir.ts";

const VECTORS = join(import.meta.dirname, "../../spec/vectors/state-file");
const vectors = ["valid", "invalid"].flatMap((kind) =>
  readdirSync(join(VECTORS, kind))
    .filter((name) => name.endsWith(".hex"))
    .map((name) => bytesOf(readFileSync(join(VECTORS, kind, name), "utf8"))),
);
/** Of several windows, with keys as long as they may be. */
const large = encodeState({
  syncedMs: 1,
  buckets: ["a", "b"].map((name) => ({
    name,
    maps: [directoryMap({ bucket: name })],
    records: Array.from({ length: 60 }, (_, at) => record(`docs/${String(at).padStart(1 + at * 15, "0")}`)),
  })),
});
const files = [...vectors, large];

const dir = tempDir("fuzz-state");
after(() => dir.remove());

test("G18, SF3: a state file that is cut after any of its bytes is valid or refused at a place within it", () => {
  let refused = 0;
  for (const file of vectors) {
    for (let end = 0; end < Math.min(file.length, 2000); end++) if (!reads(file.subarray(0, end))) refused++;
  }
  assert.ok(refused > 1000);
});

fuzz("G25, SF16: a state file of any bytes is valid or refused", { met: ["valid", "refused"] }, (draw) => {
  const bytes = mutated(draw.of(files), draw.of(files), draw);
  return reads(bytes, 1 + draw.below(5000)) ? "valid" : "refused";
});

fuzz(
  "G25: a damaged state file on the disk ends a command, and never the program",
  { met: ["read", "refused"] },
  (draw) => {
    const path = join(dir.path, "state");
    writeFileSync(path, mutated(draw.of(files), draw.of(files), draw));
    try {
      const store = new StateFile(path);
      const maps = store.maps() ?? [];
      const snapshot = store.snapshot();
      try {
        for (const map of maps) for (const batch of snapshot.records(map)) assert.ok(batch.length > 0);
      } finally {
        snapshot.close();
      }
      return "read";
    } catch (error) {
      assert.ok(error instanceof BsyncError, String(error));
      assert.ok(error.hint !== undefined);
      return "refused";
    }
  },
);

/** @returns false: it was refused */
function reads(bytes: Uint8Array, step?: number): boolean {
  try {
    const state = decodeState(bytes, step);
    assert.deepEqual(decodeState(encodeState(state as never)), state);
    return true;
  } catch (error) {
    if (!(error instanceof StateFormatError)) throw error;
    const { offset, message } = error;
    assert.ok(Number.isSafeInteger(offset) && offset >= 0 && offset <= bytes.length, message);
    assert.ok(message.length < 32_000); // a path of 4,096 bytes, at six characters a byte
    return false;
  }
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(/#.*$/gm, "").replaceAll(/\s/g, ""), "hex");
}
