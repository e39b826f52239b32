/** Whatever is asked of `--init`, no two maps share a file or an object. */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { editMaps } from "../../src/core/edit-maps.ts";
import { UsageError } from "../../src/model/errors.ts";
import type { DirectoryMap } from "../../src/model/map.ts";
import { aMap } from "../support/session.ts";

const segment = fc.constantFrom("a", "b", "ab");
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join("/")}`);
const map = fc
  .record({
    root: path,
    bucket: fc.constantFrom("one", "two"),
    prefix: fc.array(segment, { maxLength: 2 }).map((parts) => parts.join("/")),
    gzip: fc.integer({ min: 0, max: 11 }),
  })
  .map(aMap);
const edit = fc.record({
  removes: fc.array(path, { maxLength: 1 }),
  adds: fc.array(map, { maxLength: 3 }),
  replacesAll: fc.boolean(),
});

/** `/ab` is a symlink to `/a/b`. */
function realPath(from: string): string {
  return from.replace(/^\/ab(?=\/|$)/, "/a/b");
}

function inside(a: string, b: string): boolean {
  return `${a}/`.startsWith(b === "" ? "" : `${b}/`);
}

function share(a: DirectoryMap, b: DirectoryMap): boolean {
  const [here, there] = [realPath(a.root), realPath(b.root)];
  const files = inside(here, there) || inside(there, here);
  return files || (a.bucket === b.bucket && (inside(a.prefix, b.prefix) || inside(b.prefix, a.prefix)));
}

test("CL9: after any sequence of edits no two maps overlap, on either side, through symlinks too", () => {
  let kept = 0;
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 6 }), (edits) => {
      let maps: readonly DirectoryMap[] = [];
      for (const each of edits) {
        try {
          maps = editMaps(maps, each, realPath);
        } catch (error) {
          assert.ok(error instanceof UsageError);
        }
        kept = Math.max(kept, maps.length);
        for (const [at, a] of maps.entries()) {
          for (const b of maps.slice(at + 1)) assert.ok(!share(a, b), `${a.root} and ${b.root}`);
        }
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(kept >= 2, "the property has met several maps");
});

test("CL9: maps that do not overlap are all taken, in the order in which they are given", () => {
  const adds = [
    aMap({ root: "/x/docs", prefix: "docs" }),
    aMap({ root: "/x/docs2", prefix: "docs2" }),
    aMap({ root: "/x/do", prefix: "do" }),
  ];
  assert.deepEqual(editMaps([], { removes: [], adds, replacesAll: false }, realPath), adds);
});

test("CL11: the same pair again takes all options of the new one, and keeps its place", () => {
  const [first, second] = [aMap({ gzip: 6, email: "a@b" }), aMap({ root: "/y", prefix: "y" })];
  const again = aMap({ options: { region: "eu-west-1" } });
  assert.deepEqual(editMaps([first, second], { removes: [], adds: [again], replacesAll: false }, realPath), [
    again,
    second,
  ]);
});

test("CL11: another destination for a mapped directory is refused with the command that does it", () => {
  const moved = aMap({ root: "/my docs", bucket: "other" });
  assert.throws(
    () =>
      editMaps([aMap({ root: "/my docs" })], { removes: [], adds: [moved], replacesAll: false }, realPath),
    {
      message: "--dir /my docs: mapped to s3://bucket/docs already",
      hint: "s3-bsync --init --rmdir '/my docs' --dir '/my docs' s3://other/docs",
    },
  );
  const done = editMaps(
    [aMap({ root: "/my docs" })],
    { removes: ["/my docs"], adds: [moved], replacesAll: false },
    realPath,
  );
  assert.deepEqual(done, [moved]);
});

test("CL10: --rmdir of a path that is not mapped names those that are", () => {
  assert.throws(() => editMaps([aMap()], { removes: ["/data"], adds: [], replacesAll: false }, realPath), {
    message: "--rmdir /data: not mapped; mapped: /data/docs",
  });
  assert.throws(() => editMaps([], { removes: ["/data"], adds: [], replacesAll: false }, realPath), {
    message: "--rmdir /data: not mapped; mapped: nothing",
  });
});

test("CL9: two maps of one bucket overlap by bucket and prefix, whatever their endpoints", () => {
  const [here, there] = [
    aMap({ root: "/x" }),
    aMap({ root: "/y", options: { "endpoint-url": "http://127.0.0.1:1" } }),
  ];
  assert.throws(
    () => editMaps([here], { removes: [], adds: [there], replacesAll: false }, realPath),
    UsageError,
  );
});

test("CL12: --overwrite leaves the maps of this command only", () => {
  const next = aMap({ root: "/data", prefix: "" });
  assert.deepEqual(editMaps([aMap()], { removes: [], adds: [next], replacesAll: true }, realPath), [next]);
});
