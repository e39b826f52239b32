/** Which deletions and creations are one rename: laws of the pairing, and its rules one by one. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { MAX_CANDIDATES, pairMoves } from "../../../src/core/pair-moves.ts";
import { type Action, type CopyRemote, prerequisite, type RenameLocal } from "../../../src/model/action.ts";
import type { Content } from "../../../src/model/etag.ts";
import { keyOfText, type ObjectKey } from "../../../src/model/object-key.ts";
import { file, object, record } from "../../support/observed.ts";

interface Sample {
  readonly size: number;
  readonly content: Content;
}

function sample(text: string, size: number): Sample {
  return { size, content: { single: text.repeat(32), multipart: `${text.repeat(32)}-2` } };
}

const [A, B, EMPTY] = [sample("a", 5), sample("b", 5), sample("e", 0)];
/** The digest of another one, of another size. */
const A_LONGER: Sample = { ...A, size: 6 };

const make = {
  deleteLocal: (name, { size, content }) => ({
    verb: "delete-local",
    rule: "R3",
    key: keyOfText(name),
    local: file(name, { size }),
    content,
  }),
  deleteRemote: (name, { size, content }) => ({
    verb: "delete-remote",
    rule: "R7",
    key: keyOfText(name),
    remote: object(name, { size, etag: content.single }),
    size,
  }),
  upload: (name, { size, content }) => ({
    verb: "upload",
    rule: "R11",
    key: keyOfText(name),
    local: file(name, { size }),
    replaces: undefined,
    content,
  }),
  overwriteThere: (name, { size, content }) => ({
    verb: "upload",
    rule: "R4",
    key: keyOfText(name),
    local: file(name, { size }),
    replaces: object(name, { etag: "9".repeat(32) }),
    content,
  }),
  download: (name, { size, content }) => ({
    verb: "download",
    rule: "R10",
    key: keyOfText(name),
    remote: object(name, { size, etag: content.single }),
    replaces: undefined,
  }),
  overwriteHere: (name, { size, content }) => ({
    verb: "download",
    rule: "R2",
    key: keyOfText(name),
    remote: object(name, { size, etag: content.single }),
    replaces: file(name),
  }),
  adopt: (name) => ({ verb: "adopt", rule: "R12", key: keyOfText(name), record: record(name) }),
} satisfies Readonly<Record<string, (name: string, of: Sample) => Action>>;

const kinds = Object.keys(make) as readonly (keyof typeof make)[];

const names = fc.uniqueArray(fc.stringMatching(/^[a-c](\/[a-c]){0,2}$/), { maxLength: 14 });
const plans = names.chain((all) =>
  fc.tuple(
    ...all
      .toSorted()
      .map((name) =>
        fc
          .tuple(fc.constantFrom(...kinds), fc.constantFrom(A, A_LONGER, B, EMPTY))
          .map(([kind, of]): Action => make[kind](name, of)),
      ),
  ),
);

type Move = CopyRemote | RenameLocal;

function movesIn(actions: readonly Action[]): readonly Move[] {
  return actions.filter((action) => action.verb === "copy-remote" || action.verb === "rename-local");
}

function paired(plan: readonly Action[]): readonly Action[] {
  return [...pairMoves(plan)];
}

/** `a -> b` for every move. */
function told(plan: readonly Action[]): readonly string[] {
  return movesIn(paired(plan)).map(({ from, key }) => `${from.key} -> ${key}`);
}

function actionAt(actions: readonly Action[], key: ObjectKey): Action | undefined {
  return actions.find((action) => action.key === key);
}

describe("the laws of the pairing", () => {
  test("every name is in the plan once, in its order, and in at most one move (MV1, MV3)", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const after = paired(plan);
        assert.deepEqual(
          after.map(({ key }) => key),
          plan.map(({ key }) => key),
        );
        const moves = movesIn(after);
        const used = moves.flatMap(({ from, key }) => [from.key, key]);
        assert.equal(new Set(used).size, used.length);
      }),
    );
  });

  test("the two halves of a move name each other, and the deletion waits for the other one (MV8)", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const after = paired(plan);
        for (const { from, key } of movesIn(after)) {
          const half = actionAt(after, from.key);
          assert.ok(half?.verb === "delete-local" || half?.verb === "delete-remote");
          assert.equal(prerequisite(half), key);
          assert.equal(half.saves, undefined);
        }
        const waiting = after.filter((action) => prerequisite(action) !== undefined);
        assert.equal(waiting.length, movesIn(after).length);
      }),
    );
  });

  test("only a name that goes and one that is new on the same side pair, of the same size above 0 and digest (MV1)", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const move of movesIn(paired(plan))) {
          const [gone, created] = [actionAt(plan, move.from.key), actionAt(plan, move.key)];
          if (move.verb === "copy-remote") {
            assert.ok(gone?.verb === "delete-remote" && created?.verb === "upload");
            assert.equal(created.replaces, undefined);
            assert.equal(gone.size, created.local.size);
            assert.ok(typeof created.content === "object");
            assert.equal(gone.remote.etag, created.content.single);
          } else {
            assert.ok(gone?.verb === "delete-local" && created?.verb === "download");
            assert.equal(created.replaces, undefined);
            assert.equal(gone.local.size, created.remote.size);
            assert.equal(created.remote.etag, gone.content?.single);
          }
          assert.ok(move.from.size > 0);
        }
      }),
    );
  });

  test("no name of a move lies below a name that goes, or above one (MV4)", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const going = plan.filter(({ verb }) => verb === "delete-local" || verb === "delete-remote");
        for (const { key } of movesIn(paired(plan))) {
          for (const gone of going)
            assert.ok(!key.startsWith(`${gone.key}/`) && !gone.key.startsWith(`${key}/`), key);
        }
      }),
    );
  });

  test("what is no half of a move comes out as it went in (MV1)", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const after = paired(plan);
        const used = new Set(movesIn(after).flatMap(({ from, key }) => [from.key, key]));
        for (const [index, action] of after.entries()) {
          if (!used.has(action.key)) assert.deepEqual(action, plan[index]);
        }
      }),
    );
  });

  test("where each name could pair with one only, it does (MV1)", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-f]{1,3}$/), { minLength: 1, maxLength: 9 }),
        (all) => {
          const plan = all.flatMap((name, index) => {
            const of = { ...sample("c", 100 + index) };
            return [make.deleteRemote(`old/${name}`, of), make.upload(`new/${name}`, of)];
          });
          const moves = movesIn(paired(plan.toSorted((a, b) => (a.key < b.key ? -1 : 1))));
          assert.equal(moves.length, all.length);
        },
      ),
    );
  });
});

describe("what proves that the content is equal", () => {
  test("the ETag of parts, a digest from metadata, the digest of what is in an envelope (MV1)", () => {
    const sha256 = "5".repeat(64);
    const upload = { ...make.upload("z", A), content: { ...A.content, sha256 } };
    const gone = make.deleteRemote("a", A);
    const random = { ...gone, remote: object("a", { size: 5, etag: "of no meaning" }) };
    const inParts = { ...gone, remote: object("a", { size: 5, etag: A.content.multipart }) };
    const enveloped = { ...random, remote: object("a", { size: 999, etag: "-" }), digest: sha256 };
    assert.deepEqual(told([inParts, upload]), ["a -> z"]);
    assert.deepEqual(told([{ ...random, digest: A.content.single }, upload]), ["a -> z"]);
    assert.deepEqual(told([enveloped, upload]), ["a -> z"]);
    assert.deepEqual(told([random, upload]), []);
  });

  test("an object in an envelope is that of the file whose digest it names (MV1)", () => {
    const sha256 = "5".repeat(64);
    const gone = { ...make.deleteLocal("a", A), content: { ...A.content, sha256 } };
    const there = { ...make.download("z", A), remote: object("z", { size: 999, etag: "-" }) };
    const enveloped = { encoding: "gzip", size: 5, sha256 } as const;
    assert.deepEqual(told([gone, { ...there, enveloped }]), ["a -> z"]);
    assert.deepEqual(told([gone, { ...there, enveloped: { ...enveloped, size: 6 } }]), []);
    assert.deepEqual(told([gone, there]), []);
  });

  test("nothing tells one empty file from another (MV1)", () => {
    assert.deepEqual(told([make.deleteRemote("a", EMPTY), make.upload("z", EMPTY)]), []);
    assert.deepEqual(told([make.deleteLocal("a", EMPTY), make.download("z", EMPTY)]), []);
  });

  test("nothing is proved of a file that nobody has looked into, or by an empty digest (MV1)", () => {
    const { content: _, ...unread } = make.upload("z", A);
    assert.deepEqual(told([make.deleteRemote("a", A), unread]), []);
    const none = sample("", 5);
    assert.deepEqual(told([make.deleteRemote("a", none), make.upload("z", none)]), []);
  });
});

describe("which one of several", () => {
  test("the one with the same last name, else the first (MV3)", () => {
    const gone = ["d/1", "d/2", "d/3"].map((name) => make.deleteRemote(name, A));
    const created = ["e/2", "e/x"].map((name) => make.upload(name, A));
    assert.deepEqual(told([...gone, ...created]), ["d/2 -> e/2", "d/1 -> e/x"]);
  });

  test("those beyond the bound are transferred (MV2)", () => {
    const digits = (at: number): string => String(at).padStart(6, "0");
    const gone = Array.from({ length: MAX_CANDIDATES + 1 }, (_, at) =>
      make.deleteRemote(`d/${digits(at)}`, sample("a", at + 1)),
    );
    const last = [MAX_CANDIDATES - 1, MAX_CANDIDATES].map((at) =>
      make.upload(`e/${digits(at)}`, sample("a", at + 1)),
    );
    assert.deepEqual(told([...gone, ...last]), [
      `d/${digits(MAX_CANDIDATES - 1)} -> e/${digits(MAX_CANDIDATES - 1)}`,
    ]);
  });
});
