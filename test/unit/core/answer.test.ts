/** What follows from what a look inside has found. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answerEqual, answerRecorded } from "../../../src/core/answer.ts";
import { compareTimes } from "../../../src/core/compare-times.ts";
import { nextBase } from "../../../src/core/next-base.ts";
import type { Action } from "../../../src/model/action.ts";
import type { IsEqual, IsRecorded, RecordedAnswer } from "../../../src/model/question.ts";
import { file, NOW, object, record } from "../../support/observed.ts";

const CONTENT = { single: "a".repeat(32), multipart: `${"b".repeat(32)}-1` };

function told(answer: RecordedAnswer["answer"]): RecordedAnswer {
  return { answer, content: CONTENT };
}

const touched: IsRecorded = {
  verb: "ask",
  ask: "recorded",
  key: file("f").key,
  rule: "R4",
  local: file("f", { mtimeMs: NOW - 80_000 }),
  remote: object("f"),
  base: record("f"),
  touched: true,
};
const edited = { etag: "b".repeat(32) };

describe("a file whose time alone differs (a touch is no edit)", () => {
  test("with the recorded content is adopted under its new time (R1, A19)", () => {
    const record1 = { key: touched.key, size: 5, mtimeMs: NOW - 80_000, etag: "a".repeat(32) };
    assert.deepEqual(answerRecorded(touched, told("yes")), {
      verb: "adopt",
      key: touched.key,
      rule: "R1",
      record: record1,
    });
  });

  test("with the recorded content and the recorded time leaves nothing to do", () => {
    assert.equal(answerRecorded({ ...touched, local: file("f") }, told("yes")), undefined);
  });

  test("never outlives a deletion (R3), and gives way to an edit (R2)", () => {
    assert.equal(answerRecorded({ ...touched, remote: undefined }, told("yes"))?.verb, "delete-local");
    assert.equal(answerRecorded({ ...touched, remote: object("f", edited) }, told("yes"))?.verb, "download");
  });

  test("is an edit where its content differs or cannot be proved (R4, R5, R6)", () => {
    for (const answer of ["no", "unprovable"] as const) {
      assert.equal(answerRecorded(touched, told(answer))?.rule, "R4");
      assert.equal(answerRecorded({ ...touched, remote: object("f", edited) }, told(answer))?.rule, "R5");
      assert.equal(answerRecorded({ ...touched, remote: undefined }, told(answer))?.rule, "R6");
    }
  });

  test("with an older time than recorded puts the remote version into the backup first (B39, C45)", () => {
    const older = { ...touched, local: file("f", { mtimeMs: NOW - 100_000 }) };
    const action = answerRecorded(older, told("no"));
    assert.equal(action?.verb === "upload" && action.saves, "rolled-back");
  });
});

describe("a file that looks unchanged and is about to be destroyed", () => {
  const doomed: IsRecorded = { ...touched, rule: "R3", local: file("f"), remote: undefined, touched: false };

  test("goes where its content is the recorded one", () => {
    assert.deepEqual(answerRecorded(doomed, told("yes")), {
      verb: "delete-local",
      key: doomed.key,
      rule: "R3",
      local: doomed.local,
      content: CONTENT,
    });
  });

  test("stays where its content is another one, and counts as an edit (C49)", () => {
    assert.equal(answerRecorded(doomed, told("no"))?.rule, "R6");
    assert.equal(answerRecorded({ ...doomed, remote: object("f", edited) }, told("no"))?.rule, "R5");
  });

  test("goes into the backup where the record proves nothing (R18)", () => {
    const action = answerRecorded(doomed, told("unprovable"));
    assert.equal(action?.verb === "delete-local" && action.saves, "unproved");
  });
});

describe("an edit that kept size and time", () => {
  const racy: IsRecorded = { ...touched, local: file("f") };

  test("makes its record a matter of content if the action does not end done", () => {
    const action = answerRecorded(racy, told("no")) as Action;
    assert.deepEqual(action.belied, racy.base);
    const common = { key: racy.key, rule: "R4", verb: "upload" } as const;
    const failed = nextBase(action, { ...common, end: "failed", why: "it did", reported: true });
    assert.deepEqual(failed, { key: racy.key, record: { ...racy.base, mtimeMs: 0 } });
    const done = nextBase(action, { ...common, end: "done", base: racy.base, bytes: 5 });
    assert.deepEqual(done, { key: racy.key, record: racy.base });
  });

  test("is still an edit after a conflict was found", () => {
    const question = answerRecorded({ ...racy, remote: object("f", edited) }, told("no")) as IsEqual;
    const action = answerEqual(question, { equal: "unreadable", localNs: 0n, remoteNs: 0n }, "newer");
    assert.deepEqual(action.belied, racy.base);
  });
});

describe("two sides with new content (R5, R12)", () => {
  const question: IsEqual = {
    verb: "ask",
    ask: "equal",
    key: file("f").key,
    rule: "R5",
    local: file("f"),
    remote: object("f", edited),
  };
  const second = 1_000_000_000n;
  const wins = (
    localNs: bigint,
    remoteNs: bigint,
    policy: "newer" | "local" | "remote" = "newer",
  ): string => {
    const action = answerEqual(question, { equal: false, localNs, remoteNs }, policy);
    assert.equal("saves" in action && action.saves, "conflict", "the loser is kept");
    return action.verb;
  };

  test("that is equal is adopted without a transfer (A10, A13)", () => {
    const action = answerEqual(question, { equal: true, localNs: 1n, remoteNs: 2n }, "newer");
    assert.equal(action.verb === "adopt" && action.record.etag, edited.etag);
  });

  test("goes to the newer side, and to S3 in a tie (A8, A9, C47)", () => {
    assert.equal(wins(9n * second, 5n * second), "upload");
    assert.equal(wins(5n * second, 9n * second), "download");
    assert.equal(wins(5n * second, 5n * second), "download");
  });

  test("goes to the side that --on-conflict names", () => {
    assert.equal(wins(5n * second, 9n * second, "local"), "upload");
    assert.equal(wins(9n * second, 5n * second, "remote"), "download");
  });

  test("is compared in time at the coarser granularity (C48)", () => {
    assert.equal(compareTimes(7n * second + 900_000_000n, 7n * second), 0);
    assert.equal(compareTimes(7n * second + 900_000_000n, 6n * second), 1);
    assert.equal(compareTimes(1_500_000n, 1_500_001n), 0, "µs against ns");
    assert.equal(compareTimes(1_500_001n, 1_500_002n), -1);
    assert.equal(compareTimes(-1n, second), -1, "before 1970");
  });
});
