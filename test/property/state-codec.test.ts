/** The codec of the state file against random states, random damage, and a plain model of splicing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { covers } from "../../src/codec/coverage.ts";
import { spliceState } from "../../src/codec/splice.ts";
import { readState } from "../../src/codec/state-reader.ts";
import { StateFormatError } from "../../src/model/errors.ts";
import { type DirectoryMap, MAP_OPTION_NAMES } from "../../src/model/map.ts";
import { keyOfText, keyPrefix, type ObjectKey } from "../../src/model/object-key.ts";
import type { BaseRecord } from "../../src/model/observation.ts";
import type { BaseEdit } from "../../src/model/outcome.ts";
import {
  type DecodedBucket,
  type DecodedState,
  decodeState,
  directoryMap,
  encodeState,
  record,
  sourceOf,
} from "../support/state-bytes.ts";

const text = (maxLength: number) =>
  fc.string({ unit: "grapheme", maxLength }).map((value) => value.replaceAll("\0", ""));
const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { noNullPrototype: true });
const ms = fc.oneof(fc.constant(0), fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER));
const etag = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{32}$/),
  fc.stringMatching(/^[0-9a-f]{32}-[1-9]$/),
  fc.constant(""),
  text(40),
);
/** Few segments, so that prefixes and keys meet. */
const segment = fc.constantFrom("a", "b", "a-b", "é", "\u{1f600}", "c");
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

const records = fc
  .uniqueArray(
    fc.tuple(
      fc.oneof(
        path,
        text(30).filter((key) => key !== ""),
      ),
      ms,
      etag,
      ms,
    ),
    {
      selector: ([key]) => key,
      maxLength: 40,
    },
  )
  .map((rows) => rows.map(([key, mtimeMs, tag, size]) => record(key, { mtimeMs, etag: tag, size })))
  .map((rows) => rows.toSorted(byKey));

const options = fc
  .subarray([...MAP_OPTION_NAMES])
  .chain((names) => plain(Object.fromEntries(names.map((name) => [name, text(20)]))));

const mapsOf = (bucket: string): fc.Arbitrary<readonly DirectoryMap[]> =>
  fc
    .uniqueArray(
      plain({
        root: fc.constantFrom("/r", "/s", "/t", "/ü/x"),
        bucket: fc.constant(bucket),
        prefix: fc.oneof(fc.constant(""), path),
        gzip: fc.nat(11),
        recursive: fc.boolean(),
        gpg: fc.boolean(),
        email: text(20),
        options,
      }),
      { maxLength: 3, selector: ({ prefix }) => prefix },
    )
    .map(withoutOverlap);

const buckets = fc
  .subarray(["b1", "b2", "b3"])
  .chain((names) =>
    fc.tuple(...names.map((name) => plain({ name: fc.constant(name), maps: mapsOf(name), records }))),
  );

test("SF2 what is written is read again, whatever pieces the bytes come in", () => {
  fc.assert(
    fc.property(buckets, ms, fc.integer({ min: 1, max: 70_000 }), (state, syncedMs, step) => {
      const bytes = encodeState({ syncedMs, buckets: state });
      const { version, ascending, ...decoded } = decodeState(bytes, step);
      assert.deepEqual(decoded, { syncedMs, buckets: state });
      assert.equal(ascending, true);
      const optional = state.some(({ maps }) => maps.some((map) => Object.keys(map.options).length > 0));
      assert.equal(version, optional ? 2 : 1);
    }),
  );
});

test("SF3 random bytes are refused by a StateFormatError, and by nothing else", () => {
  const start = fc.constantFrom("", "9d9f533301", "9d9f5333019a00000000000000009b90620092");
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 300 }), (hex, tail) => {
      refusedOrValid(Buffer.concat([Buffer.from(hex, "hex"), tail]));
    }),
  );
});

test("SF3 a damaged file is refused by a StateFormatError, or it is another valid file", () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(20), fc.uint8Array({ maxLength: 20 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(buckets, damage, (state, cuts) => {
      let bytes = encodeState({ syncedMs: 1, buckets: state });
      for (const [at, cut, put] of cuts) {
        const from = at % (bytes.length + 1);
        bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)]);
      }
      refusedOrValid(bytes);
    }),
  );
});

const SMALL: readonly DecodedBucket[] = [
  {
    name: "b1",
    maps: [directoryMap({ bucket: "b1", options: { region: "x" } })],
    records: [record("docs/a"), record("docs/b", { etag: "abc-2" })],
  },
  { name: "b2", maps: [directoryMap({ bucket: "b2", root: "/s", prefix: "" })], records: [record("é")] },
];

test("SF3 a file that is cut at any byte is refused, or it is the file of its first buckets", () => {
  const bytes = encodeState({ syncedMs: 7, buckets: SMALL });
  const whole = decodeState(bytes);
  let harmless = 0;
  for (let length = 0; length < bytes.length; length++) {
    const state = refusedOrValid(bytes.subarray(0, length));
    if (state === undefined) continue;
    // Nothing is half-read: maps and records of the buckets that are gone are met anew, which deletes nothing.
    assert.deepEqual(state, { ...whole, buckets: whole.buckets.slice(0, state.buckets.length) });
    harmless++;
  }
  assert.equal(harmless, 2, "behind the metadata, and behind the first bucket");
});

test("SF3 a flipped bit is refused, or it changes the one value that it stands in", () => {
  const bytes = encodeState({ syncedMs: 7, buckets: SMALL });
  const before = leaves(decodeState(bytes));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    const state = refusedOrValid(flipped);
    if (state === undefined) continue;
    const after = leaves(state);
    assert.equal(after.length, before.length);
    const changed = after.filter((leaf, i) => leaf !== before[i]);
    assert.equal(changed.length, 1, `bit ${bit}: ${changed.join(", ")}`);
  }
});

test("SF7 a splice is what decoding, editing and encoding would make", () => {
  const scene = buckets.chain((old) => {
    const maps = old.flatMap((bucket) => bucket.maps);
    const edits = fc.uniqueArray(fc.tuple(fc.oneof(path, segment), fc.option(etag)), {
      selector: ([key]) => key,
    });
    return fc.tuple(
      fc.constant(old),
      fc.option(maps.length === 0 ? fc.constant(undefined) : fc.constantFrom(...maps)),
      edits,
    );
  });
  fc.assert(
    fc.property(scene, ms, ([old, map, rows], syncedMs) => {
      const maps = old.flatMap((bucket) => bucket.maps);
      const edits = map === undefined || map === null ? [] : editsOf(map, rows);
      const edited = map === undefined || map === null ? undefined : { map, edits };
      const bytes = encodeState({ syncedMs: 1, buckets: old });
      const expected = encodeState({ syncedMs, buckets: edit(old, maps, edited) });
      assert.deepEqual(spliced(bytes, { syncedMs, maps, ...(edited && { edited }) }), expected);
    }),
    { numRuns: 500 },
  );
});

test("SF8 new maps keep the records of those that stay the same, and of no other", () => {
  const scene = buckets.chain((old) => {
    const stay = fc.subarray(old.flatMap((bucket) => bucket.maps.map((map) => ({ ...map, email: "new" }))));
    const turn = fc
      .tuple(stay, fc.boolean())
      .map(([maps, flip]) => maps.map((map) => ({ ...map, recursive: map.recursive !== flip })));
    return fc.tuple(fc.constant(old), turn, mapsOf("b2"), mapsOf("b0"));
  });
  fc.assert(
    fc.property(scene, ([old, stay, b2, b0]) => {
      const maps = [...b0, ...withoutOverlap([...stay.filter(({ bucket }) => bucket === "b2"), ...b2])];
      maps.push(...stay.filter(({ bucket }) => bucket !== "b2"));
      const bytes = encodeState({ syncedMs: 1, buckets: old });
      assert.deepEqual(
        spliced(bytes, { syncedMs: 9, maps }),
        encodeState({ syncedMs: 9, buckets: edit(old, maps) }),
      );
    }),
    { numRuns: 500 },
  );
});

test("SF7 runs of records across many windows are copied whole", () => {
  const many = Array.from({ length: 3000 }, (_, i) => record(`k/${String(i).padStart(5, "0")}`, { size: i }));
  const map = directoryMap({ prefix: "k" });
  const old = [{ name: "bucket", maps: [map], records: many }];
  const edits = [0, 1, 1500, 2999].map((i) => ({
    key: `${i}`.padStart(5, "0") as ObjectKey,
    record: undefined,
  }));
  const bytes = spliced(encodeState({ syncedMs: 1, buckets: old }), {
    syncedMs: 1,
    maps: [map],
    edited: { map, edits },
  });
  const gone = new Set([0, 1, 1500, 2999]);
  assert.deepEqual(
    decodeState(bytes).buckets[0]?.records,
    many.filter((_, i) => !gone.has(i)),
  );
});

test("SF1 the longest strings are read wherever they begin and end in the reader's window", () => {
  const maps = Array.from({ length: 60 }, (_, i) =>
    directoryMap({ root: `/${"r".repeat(4095 - i * 7)}`, prefix: `p${i}`, email: "e".repeat(4096 - i) }),
  );
  const long = Array.from({ length: 200 }, (_, i) =>
    record(`${String(i).padStart(4, "0")}${"k".repeat(1020 - i)}`, { etag: "t".repeat(1024 - 3 * i) }),
  );
  const state = [{ name: "bucket", maps, records: long }];
  for (const step of [1000, 16_384, 70_000]) {
    assert.deepEqual(decodeState(encodeState({ syncedMs: 1, buckets: state }), step).buckets, state);
  }
});

function refusedOrValid(bytes: Uint8Array): DecodedState | undefined {
  try {
    return decodeState(bytes);
  } catch (error) {
    assert.ok(error instanceof StateFormatError, String(error));
    assert.ok(error.offset >= 0 && error.offset <= bytes.length);
    assert.notEqual(error.field, "");
    return undefined;
  }
}

function spliced(bytes: Uint8Array, change: Parameters<typeof spliceState>[1]): Buffer {
  const parts: Buffer[] = [];
  spliceState(readState(sourceOf(bytes)), change, (part) => parts.push(Buffer.from(part)));
  return Buffer.concat(parts);
}

/** The plain model: all in memory. */
function edit(
  old: readonly DecodedBucket[],
  maps: readonly DirectoryMap[],
  edited?: { readonly map: DirectoryMap; readonly edits: readonly BaseEdit[] },
): readonly DecodedBucket[] {
  const names = [...new Set(maps.map(({ bucket }) => bucket))].toSorted();
  return names.map((name) => {
    const before = old.find((bucket) => bucket.name === name);
    const here = maps.filter(({ bucket }) => bucket === name);
    const kept = (before?.records ?? []).filter(({ key }) =>
      before?.maps.some((was) =>
        here.some(
          (is) => was.root === is.root && was.prefix === is.prefix && covered(was, key) && covered(is, key),
        ),
      ),
    );
    const byName = new Map<string, BaseRecord>(kept.map((row) => [row.key, row]));
    if (edited?.map.bucket === name) {
      for (const { key, record: row } of edited.edits) {
        const whole = (keyPrefix(edited.map.prefix) + key) as ObjectKey;
        if (row === undefined) byName.delete(whole);
        else byName.set(whole, { ...row, key: whole });
      }
    }
    return { name, maps: here, records: [...byName.values()].toSorted(byKey) };
  });
}

function covered(map: DirectoryMap, key: string): boolean {
  const prefix = keyPrefix(map.prefix);
  return key.startsWith(prefix) && covers(map.recursive, prefix, key);
}

function editsOf(
  map: DirectoryMap,
  rows: readonly (readonly [string, string | null])[],
): readonly BaseEdit[] {
  const prefix = keyPrefix(map.prefix);
  const edits = rows.map(([key, tag]) => ({
    key: keyOfText(key),
    record: tag === null ? undefined : record(key, { etag: tag }),
  }));
  return edits.filter(({ key }) => covered(map, prefix + key)).toSorted(byKey);
}

function withoutOverlap(maps: readonly DirectoryMap[]): readonly DirectoryMap[] {
  const kept: DirectoryMap[] = [];
  for (const map of maps) {
    const prefix = keyPrefix(map.prefix);
    const clear = kept.every((other) => {
      const theirs = keyPrefix(other.prefix);
      return !prefix.startsWith(theirs) && !theirs.startsWith(prefix);
    });
    if (clear) kept.push(map);
  }
  return kept;
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : 1;
}

/** Every single value, but for those that follow from others. */
function leaves(state: DecodedState): readonly string[] {
  const { ascending: _follows, ...rest } = state;
  const found: string[] = [];
  const walk = (value: unknown, name: string): void => {
    if (typeof value !== "object" || value === null) found.push(`${name}=${String(value)}`);
    else
      for (const [key, inner] of Object.entries(value)) if (key !== "bucket") walk(inner, `${name}.${key}`);
  };
  walk(rest, "");
  return found;
}
