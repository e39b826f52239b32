/** What the user is asked about a conflict, and what becomes of what he types. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { arbiterBy, questionText } from "../../../src/cli/terminal/arbiter.ts";
import type { Conflict } from "../../../src/model/action.ts";
import { InterruptedError } from "../../../src/model/errors.ts";
import { ExitCode } from "../../../src/model/exit-code.ts";
import { file, object } from "../../support/observed.ts";

const NEVER = new AbortController().signal;

function conflict(change: Partial<Conflict> = {}): Conflict {
  const [local, remote] = [
    file("a", { size: 1536, mtimeMs: 1_800_000_000_000.5 }),
    object("a", { size: 12 }),
  ];
  const common = { key: local.key, rule: "R5", local, remote } as const;
  return { ...common, remoteMs: 1_700_000_000_000, newer: "local", ...change };
}

/** Types these, one a question; then there is no more input. */
function typing(...lines: readonly string[]) {
  const asked: string[] = [];
  const left = [...lines];
  const arbiter = arbiterBy(async (text) => {
    asked.push(text);
    return left.shift();
  }, NEVER);
  return { arbiter, asked };
}

test("the question tells size and time of both versions, and which one is newer (R32)", () => {
  assert.equal(
    questionText(conflict()),
    [
      "conflict: a\n",
      "  local      1.5 KiB  2027-01-15T08:00:00.000Z  newer\n",
      "  remote        12 B  2023-11-14T22:13:20.000Z\n",
      "  keep [l]ocal, [r]emote, [n]ewer, [b]oth; [s]kip this one, [q]uit asking (the rest waits)? ",
    ].join(""),
  );
});

test("where neither is newer, none is said to be; a name does nothing to the terminal (R32, CL19)", () => {
  const odd = file("two\nlines\u001b[31m");
  const text = questionText(conflict({ key: odd.key, newer: undefined }));
  assert.doesNotMatch(text, /newer\n/);
  assert.ok(text.startsWith('conflict: "two\\nlines\\u{1b}[31m"\n'), text);
});

describe("an answer", () => {
  for (const [typed, answer] of [
    ["l", "local"],
    ["r", "remote"],
    ["n", "newer"],
    ["b", "both"],
    ["L", "local"],
    ["  both  ", "both"],
    ["Remote", "remote"],
    ["s", undefined],
  ] as const) {
    test(`${JSON.stringify(typed)} is ${String(answer)}, and one question is enough (R32)`, async () => {
      const { arbiter, asked } = typing(typed);
      assert.equal(await arbiter(conflict()), answer);
      assert.deepEqual(asked, [questionText(conflict())]);
    });
  }

  test("that is none is asked for again, without the facts (R32)", async () => {
    const { arbiter, asked } = typing("", "x", "?", "r");
    assert.equal(await arbiter(conflict()), "remote");
    assert.equal(asked.length, 4);
    for (const again of asked.slice(1)) assert.match(again, /^ {2}keep \[l\]ocal/);
  });

  test("that skips one leaves the next one to be asked (R32)", async () => {
    const { arbiter, asked } = typing("s", "l");
    assert.equal(await arbiter(conflict()), undefined);
    assert.equal(await arbiter(conflict()), "local");
    assert.equal(asked.length, 2);
  });

  for (const [title, lines] of [
    ["q", ["q"]],
    ["the end of input", []],
  ] as const) {
    test(`${title} ends the asking: all the rest waits (R32)`, async () => {
      const { arbiter, asked } = typing(...lines);
      assert.equal(await arbiter(conflict()), undefined);
      assert.equal(await arbiter(conflict()), undefined);
      assert.equal(asked.length, 1);
    });
  }
});

for (const typed of ["l", undefined]) {
  test(`a signal that comes at the question ends the run, whatever was typed: ${String(typed)} (CL21)`, async () => {
    const interrupt = new AbortController();
    const arbiter = arbiterBy(async () => {
      interrupt.abort(ExitCode.interrupted);
      return typed;
    }, interrupt.signal);
    await assert.rejects(async () => await arbiter(conflict()), InterruptedError);
  });
}
