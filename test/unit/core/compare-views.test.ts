/** What three views of one path say of each other. Rules: spec/looking.md. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  findByContent,
  findByFacts,
  findMissing,
  hasBothSides,
  isNobodys,
} from "../../../src/core/compare-views.ts";
import type { Row } from "../../../src/core/merge-join.ts";
import { forgotten } from "../../../src/model/observation.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import { file, object, record, unknown } from "../../support/observed.ts";

function row(views: Partial<Row>): Row {
  return { key: keyOfText("f"), local: undefined, remote: undefined, base: undefined, ...views };
}

function both(views: Partial<Row> = {}) {
  const whole = row({ local: file("f"), remote: object("f"), base: record("f"), ...views });
  assert.ok(hasBothSides(whole), "both sides can be compared");
  return whole;
}

describe("a path that lacks a side", () => {
  const link = unknown("f", { unknown: "a symlink", reported: false });
  const table: readonly (readonly [string, Partial<Row>, string])[] = [
    ["an object alone", { remote: object("f") }, "missing here: never downloaded"],
    ["a file alone", { local: file("f") }, "missing there: never uploaded"],
    ["gone here", { remote: object("f"), base: record("f") }, "missing here: recorded, and gone here"],
    [
      "gone there",
      { local: file("f"), base: record("f") },
      "missing there: recorded, and gone from the bucket",
    ],
    ["a record alone", { base: record("f") }, "record differs: recorded, and on neither side"],
    ["a file that cannot be read", { local: unknown("f") }, "unknown: cannot be read"],
    ["a symlink over an object", { local: link, remote: object("f") }, "unknown: a symlink"],
    ["a symlink over a record", { local: link, base: record("f") }, "unknown: a symlink"],
    ["unknown on both sides", { local: link, remote: unknown("f") }, "unknown: a symlink; cannot be read"],
  ];
  for (const [what, views, said] of table) {
    test(`${what}: ${said} (LK3)`, () => {
      const found = findMissing(row(views));
      assert.equal(`${found.kind}: ${found.why}`, said);
    });
  }
});

test("a symlink that nobody has recorded is none of our names; a file that cannot be read is (LK3)", () => {
  assert.equal(isNobodys(row({ local: unknown("f", { reported: false }) })), true);
  assert.equal(isNobodys(row({ local: unknown("f", { reported: false }), base: record("f") })), false);
  assert.equal(isNobodys(row({ local: unknown("f", { reported: false }), remote: object("f") })), false);
  assert.equal(isNobodys(row({ local: unknown("f") })), false);
});

describe("a path with both sides", () => {
  const later = { mtimeMs: 1_700_000_000_000 };
  test("of the same content, recorded as it is, is no finding (LK3)", () => {
    assert.equal(findByContent(both(), true), undefined);
  });

  test("of the same content without a record is not recorded (LK3)", () => {
    assert.equal(findByContent(both({ base: undefined }), true)?.kind, "not recorded");
  });

  for (const [what, views, said] of [
    ["size", { base: record("f", { size: 4 }) }, /another size$/],
    ["time", { local: file("f", later) }, /another time$/],
    ["ETag", { remote: object("f", { etag: "b".repeat(32) }) }, /another ETag$/],
    ["everything", { base: forgotten(keyOfText("f")) }, /another size, time, ETag$/],
  ] as const) {
    test(`of the same content whose record has another ${what} differs from its record (LK3)`, () => {
      const found = findByContent(both(views), true);
      assert.equal(found?.kind, "record differs");
      assert.match(found.why, said);
    });
  }

  for (const [views, said] of [
    [{}, "although size, time and ETag are as recorded"],
    [{ local: file("f", later) }, "the file changed since the last sync"],
    [{ local: file("f", { size: 6 }) }, "the file changed since the last sync"],
    [{ remote: object("f", { etag: "x" }) }, "the object changed since the last sync"],
    [{ local: file("f", later), remote: object("f", { etag: "x" }) }, "both changed since the last sync"],
    [{ base: undefined }, "never synced"],
  ] as const) {
    test(`of other content differs, and it is said since when: ${said} (LK3)`, () => {
      assert.deepEqual(findByContent(both(views), false), {
        key: keyOfText("f"),
        kind: "differs",
        why: said,
      });
    });
  }
});

describe("without a look inside (LK5)", () => {
  test("size, time and ETag as recorded are no finding", () => {
    assert.equal(findByFacts(both(), false), undefined);
    const timeless = both({ local: file("f", { mtimeMs: -1 }), base: record("f", { mtimeMs: 0 }) });
    assert.equal(findByFacts(timeless, false), undefined);
  });

  for (const [what, views] of [
    ["another size", { local: file("f", { size: 6 }) }],
    ["another time", { local: file("f", { mtimeMs: 1 }) }],
    ["another ETag", { remote: object("f", { etag: "x" }) }],
    ["a record that is forgotten", { base: forgotten(keyOfText("f")) }],
  ] as const) {
    test(`${what} differs (LK5)`, () => assert.equal(findByFacts(both(views), false)?.kind, "differs"));
  }

  test("without a record only another size differs, and not where the object may be an envelope (LK5)", () => {
    const views = { base: undefined, remote: object("f", { size: 9 }) };
    assert.equal(findByFacts(both(views), false)?.kind, "differs");
    assert.equal(findByFacts(both(views), true)?.kind, "not recorded");
    assert.equal(findByFacts(both({ base: undefined }), false)?.kind, "not recorded");
  });
});
