/** Which actions of a plan a run is about, and which transfers fit. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { choose } from "../../../src/core/choose.ts";
import { Allowance, withinAllowance } from "../../../src/core/transfer-limit.ts";
import type { Action, Verb } from "../../../src/model/action.ts";
import type { Choice, Direction } from "../../../src/model/choice.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import type { LocalFile, RemoteObject } from "../../../src/model/observation.ts";

const key = keyOfText("a");
const other = keyOfText("b");
const local: LocalFile = { key, size: 3, mtimeMs: 1, ctimeMs: 1, ino: 1 };
const remote: RemoteObject = { key, size: 5, etag: "e", modifiedS: 1, archived: false };
const record = { key, size: 3, mtimeMs: 1, etag: "e" };

const PLAIN: readonly Action[] = [
  { key, rule: "R4", verb: "upload", local, replaces: remote },
  { key, rule: "R11", verb: "copy-remote", local, from: { ...remote, key: other } },
  { key, rule: "R7", verb: "delete-remote", remote, size: 5 },
  { key, rule: "R2", verb: "download", remote, replaces: local },
  { key, rule: "R10", verb: "rename-local", remote, from: { ...local, key: other } },
  { key, rule: "R3", verb: "delete-local", local },
  { key, rule: "R1", verb: "adopt", record },
  { key, rule: "R9", verb: "forget" },
  { key, rule: "RU", verb: "leave", why: "a symlink", reported: false },
];
const upwards: readonly Verb[] = ["upload", "copy-remote", "delete-remote", "adopt", "forget", "leave"];
const downwards: readonly Verb[] = ["download", "rename-local", "delete-local", "adopt", "forget", "leave"];

const going = (direction: Direction): Choice => ({ names: undefined, direction });

describe("a direction", () => {
  for (const [direction, verbs] of [
    ["both", PLAIN.map(({ verb }) => verb)],
    ["up", upwards],
    ["down", downwards],
  ] as const) {
    test(`${direction} lets through what changes that side, and records; the rest is left, and told by a dry run only (CH8)`, () => {
      for (const action of PLAIN) {
        const chosen = choose({ ...action, belied: record }, going(direction));
        if (verbs.includes(action.verb)) assert.deepEqual(chosen, { ...action, belied: record });
        else
          assert.deepEqual(chosen, {
            key,
            rule: action.rule,
            verb: "leave",
            why: `the run goes ${direction} only (--direction ${direction})`,
            reported: false,
            byChoice: true,
          });
      }
    });
  }

  test("carries a conflict that goes its way, with its backup; another one is left and reported (CH9)", () => {
    const up = { key, rule: "R5", verb: "upload", local, replaces: remote, saves: "conflict" } as const;
    const down = { key, rule: "R5", verb: "download", remote, replaces: local, saves: "conflict" } as const;
    assert.equal(choose(up, going("up")), up);
    assert.equal(choose(down, going("down")), down);
    for (const [action, direction, how] of [
      [down, "up", "the bucket: --on-conflict local, or --direction both"],
      [up, "down", "the file here: --on-conflict remote, or --direction both"],
    ] as const) {
      const left = choose(action, going(direction));
      assert.deepEqual([left?.verb, left?.verb === "leave" && left.reported], ["leave", true]);
      assert.ok(left?.verb === "leave" && left.why.endsWith(how), JSON.stringify(left));
    }
  });

  test("keeps no loser beside its winner: that changes both sides (CH9)", () => {
    const version = { side: "remote", version: remote } as const;
    const beside: Action = { key: other, rule: "R5", verb: "set-beside", loser: version };
    const winner: Action = { key, rule: "R5", verb: "upload", local, replaces: remote, keptAs: other };
    assert.equal(choose(beside, going("both")), beside);
    assert.equal(choose(winner, going("both")), winner);
    for (const direction of ["up", "down"] as const) {
      assert.equal(choose(beside, going(direction)), undefined);
      const left = choose(winner, going(direction));
      assert.deepEqual([left?.verb, left?.verb === "leave" && left.reported], ["leave", true]);
    }
  });
});

describe("a choice of names", () => {
  const only = (...names: readonly string[]): Choice => ({
    names: (name) => names.includes(name),
    direction: "both",
  });

  test("drops what it does not match, whatever it is (CH4)", () => {
    for (const action of PLAIN) {
      assert.equal(choose(action, only("b")), undefined, action.verb);
      assert.equal(choose(action, only("a")), action, action.verb);
    }
  });

  test("leaves a name whose new name it does not match (CH5)", () => {
    for (const action of [
      { key, rule: "R7", verb: "delete-remote", remote, size: 5, movedTo: other },
      { key, rule: "R3", verb: "delete-local", local, movedTo: other },
    ] as const) {
      assert.equal(choose(action, only("a", "b")), action);
      const left = choose(action, only("a"));
      assert.deepEqual([left?.verb, left?.verb === "leave" && left.byChoice], ["leave", true]);
    }
  });
});

describe("an allowance", () => {
  const upload = (name: string, size: number): Action => ({
    key: keyOfText(name),
    rule: "R11",
    verb: "upload",
    local: { ...local, key: keyOfText(name), size },
    replaces: undefined,
  });
  const done = (
    actions: readonly Action[],
    allowance: Allowance,
    isHeld: (action: Action) => boolean = () => false,
  ): readonly string[] => {
    const without: string[] = [];
    const order = { allowance, isHeld, without: (action: Action) => void without.push(action.key) };
    const all = [...withinAllowance(actions, order)].map((each) => `${each.key} ${each.verb}`);
    return [...all, `without ${without.join(" ")}`];
  };

  test("is taken in the order of the plan, by each transfer that still fits, and never exceeded (CH11)", () => {
    const plan = [upload("a", 4), upload("b", 7), upload("c", 6), upload("d", 0), upload("e", 1)];
    assert.deepEqual(done(plan, new Allowance(10)), [
      "a upload",
      "b leave",
      "c upload",
      "d upload",
      "e leave",
      "without b e",
    ]);
  });

  test("is one for all maps of a run (CH11)", () => {
    const allowance = new Allowance(10);
    assert.deepEqual(done([upload("a", 8)], allowance), ["a upload", "without "]);
    assert.deepEqual(done([upload("a", 3), upload("b", 2)], allowance), ["a leave", "b upload", "without a"]);
  });

  test("is not taken by what a guard holds, nor by anything but transfers (CH11)", () => {
    const plan = [upload("a", 9), ...PLAIN.filter(({ verb }) => verb !== "upload" && verb !== "download")];
    const held = done(
      [...plan, upload("z", 9)],
      new Allowance(9),
      (action) => action.key === "a" && action.verb === "upload",
    );
    assert.deepEqual(held.slice(-2), ["z upload", "without "]);
  });

  test("takes a winner and the loser that is kept beside it together, or neither (CH11)", () => {
    const loser = { side: "remote", version: remote } as const;
    const beside: Action = { key: keyOfText("a.c"), rule: "R5", verb: "set-beside", loser };
    const winner: Action = {
      key: keyOfText("b"),
      rule: "R5",
      verb: "upload",
      local,
      replaces: remote,
      keptAs: beside.key,
    };
    assert.deepEqual(done([beside, winner], new Allowance(8)), ["a.c set-beside", "b upload", "without "]);
    assert.deepEqual(done([beside, winner], new Allowance(7)), ["b leave", "without a.c b"]);
  });
});
