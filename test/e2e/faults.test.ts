/** Faults between the command and a real server: each one passes unnoticed, or is named and made good by the next run. */

import assert from "node:assert/strict";
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import {
  assertCameThrough,
  assertUnlocked,
  losersOf,
  openUploads,
  reportedBy,
  SENT,
  type Stormy,
  stormy,
  withChanges,
} from "../support/busy-world.ts";
import type { Effect, Fault } from "../support/chaos-proxy.ts";
import { bytesOf } from "../support/content.ts";
import { hurried, impatient } from "../support/preload.ts";
import { operationOf } from "../support/recording-proxy.ts";
import { assertRefused, synced } from "../support/scene.ts";
import { unchangedBy } from "../support/stand-still.ts";
import { assertSettled, type Ran } from "../support/world.ts";

const HTML = "<html><body>Please log in</body></html>";
const ERROR = "<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>";

const WITH_BODY = ["ListObjectsV2", "GetObject"];
const ALL = SENT;

/** What passes by itself, and the kinds of requests that it can hit. */
const PASSING: Readonly<Record<string, readonly [effect: Effect, operations: readonly string[]]>> = {
  "an error 500": [{ kind: "answer", status: 500, code: "InternalError" }, ALL],
  "an error 503": [{ kind: "answer", status: 503, code: "SlowDown" }, ALL],
  "a reset before the server hears of it": [{ kind: "cut-before", cut: "rst" }, ALL],
  "an end of the connection before the server hears of it": [{ kind: "cut-before", cut: "fin" }, ALL],
  "a reset instead of the answer": [{ kind: "lose-answer", cut: "rst" }, ALL],
  "an end of the connection instead of the answer": [{ kind: "lose-answer", cut: "fin" }, ALL],
  "no answer at all": [{ kind: "silence" }, ALL],
  "an answer that stops in the middle": [{ kind: "stall", at: 0.5 }, WITH_BODY],
  "a reset in the middle of the answer": [{ kind: "cut-body", at: 0.5, cut: "rst" }, WITH_BODY],
  "an end of the connection in the middle of the answer": [
    { kind: "cut-body", at: 0.5, cut: "fin" },
    WITH_BODY,
  ],
  "a reset after the last byte but one": [{ kind: "cut-body", at: 0.999, cut: "rst" }, WITH_BODY],
  "half of the body, with the length of the half": [
    { kind: "shorten", at: 0.5, announced: true },
    ["ListObjectsV2"],
  ],
  "half of the body, without a length": [{ kind: "shorten", at: 0.5, announced: false }, WITH_BODY],
  "no body, with status 200": [{ kind: "shorten", at: 0, announced: false }, WITH_BODY],
  "another byte": [{ kind: "flip-byte", at: 0.5 }, ["GetObject"]],
  "a page of HTML": [{ kind: "say", body: HTML }, ["ListObjectsV2"]],
  "an error with status 200": [{ kind: "say", body: ERROR }, ["ListObjectsV2"]],
  "an answer that is late": [{ kind: "delay", ms: 50 }, ALL],
  "an answer in many pieces": [{ kind: "drip", pieces: 40 }, WITH_BODY],
};

const ALWAYS = 1_000;
const SILENT: Ran = { code: 0, stdout: "", stderr: "" };
const LOST: Effect = { kind: "lose-answer", cut: "rst" };
const LARGE = bytesOf(17 * 1024 * 1024);

/** Only where nothing moves any more is patience what is tested. */
function envFor({ kind }: Effect): NodeJS.ProcessEnv {
  return kind === "silence" || kind === "stall" ? impatient() : hurried();
}

/** Where deletions cannot be bound to a version, each try begins with a look, which also tells that the last one has landed. */
function looksBeforeDeleting({ world }: Stormy): boolean {
  return world.server.kind === "minio";
}

describe("faults that pass", { concurrency: 4 }, () => {
  for (const [what, [effect, operations]] of Object.entries(PASSING)) {
    stormy(
      `${what}, once to each kind of request: nobody notices (G1, G11, G13, G18, RM2, RM3, RM10, RM17)`,
      async (parts) => {
        const { machine, chaos } = parts;
        await withChanges(parts);
        chaos.plan(operations.map((operation) => ({ operation, effect })));
        const ran = await machine.runWith(envFor(effect));
        assert.deepEqual(ran, SILENT);
        assert.deepEqual(chaos.hits.map(({ operation }) => operation).toSorted(), operations.toSorted());
        chaos.plan([]);
        await assertCameThrough(parts);
      },
    );
  }
});

/** Of each kind of request, the one path that is hit for ever. */
const HIT = {
  GetObject: "edited there",
  PutObject: "edited here",
  DeleteObject: "gone here",
  HeadObject: "gone there",
} as const;

type Hit = keyof typeof HIT;

const answering = (status: number, code: string): Effect => ({ kind: "answer", status, code });

/** What does not pass. `mayLand`: the server may have acted, so that the record may say so. */
const LASTING: readonly {
  readonly what: string;
  readonly effect: Effect;
  readonly operations: readonly Hit[];
  readonly mayLand?: boolean;
}[] = [
  {
    what: "an error 500",
    effect: answering(500, "InternalError"),
    operations: ["GetObject", "PutObject", "DeleteObject", "HeadObject"],
  },
  { what: "an error 503", effect: answering(503, "SlowDown"), operations: ["GetObject", "PutObject"] },
  {
    what: "an error 409",
    effect: answering(409, "ConditionalRequestConflict"),
    operations: ["PutObject", "DeleteObject"],
  },
  {
    what: "an error 412 that is a lie",
    effect: answering(412, "PreconditionFailed"),
    operations: ["GetObject", "PutObject", "DeleteObject"],
  },
  {
    what: "an error 404 that is a lie",
    effect: answering(404, "NoSuchKey"),
    operations: ["GetObject", "PutObject"],
  },
  {
    what: "a reset instead of the answer",
    effect: { kind: "lose-answer", cut: "rst" },
    operations: ["PutObject", "DeleteObject"],
    mayLand: true,
  },
  {
    what: "a reset in the middle",
    effect: { kind: "cut-body", at: 0.5, cut: "rst" },
    operations: ["GetObject"],
  },
  {
    what: "half of the body",
    effect: { kind: "shorten", at: 0.5, announced: true },
    operations: ["GetObject"],
  },
  {
    what: "half of the body, without a length,",
    effect: { kind: "shorten", at: 0.5, announced: false },
    operations: ["GetObject"],
  },
  { what: "another byte", effect: { kind: "flip-byte", at: 0.5 }, operations: ["GetObject"] },
  { what: "a page of HTML", effect: { kind: "say", body: HTML }, operations: ["GetObject"] },
  {
    what: "silence",
    effect: { kind: "silence" },
    operations: ["GetObject", "PutObject"],
  },
];

describe("faults that do not pass", { concurrency: 4 }, () => {
  for (const { what, effect, operations, mayLand = false } of LASTING) {
    for (const operation of operations) {
      const name = HIT[operation];
      stormy(
        `${what} to every ${operation} of one path: it is named, all others go on, and the next run makes it good (G1, G11, G13, G26, X7)`,
        async (parts) => {
          const { machine, chaos, L, R } = parts;
          await withChanges(parts);
          const record = machine.records()[name];
          chaos.plan([{ operation, name, times: ALWAYS, effect }]);
          const ran = await machine.runWith(envFor(effect), "--json");
          const isTold = mayLand && operation === "DeleteObject" && looksBeforeDeleting(parts);
          const expected = isTold ? [0, []] : [3, [name]];
          assert.deepEqual([ran.code, reportedBy(ran, L.root)], expected, ran.stderr);
          assert.ok(chaos.hits.length > 0);
          if (!mayLand) assert.deepEqual(machine.records()[name], record);
          assert.deepEqual([L.read("new/there"), await R.read("new/here")], ["new, there", "new, here"]);
          assertUnlocked(machine);
          chaos.plan([]);
          await machine.sync();
          await assertCameThrough(parts);
        },
      );
    }
  }

  for (const [what, effect] of [
    ["never answered", { kind: "silence" }],
    ["cut in the middle for ever", { kind: "cut-body", at: 0.5, cut: "rst" }],
    ["lost for ever", { kind: "lose-answer", cut: "fin" }],
  ] as const satisfies readonly (readonly [string, Effect])[]) {
    stormy(`a listing that is ${what} ends the map, and nothing is done (G16, G21, RM6)`, async (parts) => {
      const { machine, chaos } = parts;
      await withChanges(parts);
      chaos.plan([{ operation: "ListObjectsV2", times: ALWAYS, effect }]);
      assertRefused(await unchangedBy(parts, () => machine.runWith(envFor(effect))), 1, /does not answer/);
      chaos.plan([]);
      await machine.sync();
      await assertCameThrough(parts);
    });
  }

  for (const nth of [3, 5, 7, 9]) {
    stormy(
      `a server that goes away for good at request ${nth} takes nothing with it (G1, G11)`,
      async (parts) => {
        const { machine, chaos } = parts;
        await withChanges(parts);
        chaos.plan([{ nth, times: ALWAYS, effect: { kind: "cut-before", cut: "rst" } }]);
        const ran = await machine.runWith(hurried());
        assert.ok(ran.code === 1 || ran.code === 3, `${ran.code}: ${ran.stderr}`);
        assert.notEqual(ran.stderr, "");
        chaos.plan([]);
        await machine.sync();
        await assertCameThrough(parts);
      },
    );
  }
});

/** The server has done it, and nobody will ever tell us; so says the look that would find out. */
const UNTOLD: readonly { readonly looks: string; readonly faults: readonly Fault[] }[] = [
  { looks: "a look tells it", faults: [] },
  {
    looks: "no look tells it",
    faults: [
      { operation: "HeadObject", name: "f", nth: 2, times: ALWAYS, effect: answering(403, "AccessDenied") },
    ],
  },
];

describe("what was done without an answer is not taken for somebody else's", { concurrency: 4 }, () => {
  for (const { looks, faults } of UNTOLD) {
    stormy(`a deletion, and then the file is put back: it stays (${looks}; G1, G9)`, async (parts) => {
      const { machine, chaos, L, R } = parts;
      await synced(parts, ["f", "k1", "k2", "k3"]);
      L.remove("k3");
      await machine.sync(); // from now on it is known that the server honours conditions
      renameSync(L.path("f"), join(machine.home, "kept"));
      chaos.plan([{ operation: "DeleteObject", name: "f", times: ALWAYS, effect: LOST }, ...faults]);
      const isTold = faults.length === 0 && looksBeforeDeleting(parts);
      assert.equal((await machine.runWith(hurried())).code, isTold ? 0 : 3);
      chaos.plan([]);
      assert.deepEqual(await R.names(), ["k1", "k2"]);
      renameSync(join(machine.home, "kept"), L.path("f"));
      await machine.sync();
      assert.deepEqual(L.files(), { f: "f", k1: "k1", k2: "k2" });
      await assertSettled(parts);
    });

    stormy(`an upload, and then the old version is put back: it stays (${looks}; G1, G9)`, async (parts) => {
      const { machine, chaos, L, R } = parts;
      await synced(parts, ["f", "k1", "k2"]);
      renameSync(L.path("f"), join(machine.home, "kept"));
      L.write("f", "edited");
      chaos.plan([{ operation: "PutObject", name: "f", times: ALWAYS, effect: LOST }, ...faults]);
      assert.equal((await machine.runWith(hurried())).code, 3);
      chaos.plan([]);
      assert.equal(await R.read("f"), "edited");
      renameSync(join(machine.home, "kept"), L.path("f"));
      await machine.sync();
      const versions = [L.read("f"), ...(await losersOf(machine))];
      assert.ok(versions.includes("f"), `the old version is lost: ${versions.join()}`);
      await assertSettled(parts);
    });
  }

  for (const operation of ["PutObject", "DeleteObject"] as const) {
    stormy(
      `a ${operation} without an answer, and somebody writes before it is tried again: theirs stays (G2, G3, RM10)`,
      async (parts, t) => {
        const { machine, chaos, L, R } = parts;
        if (operation === "DeleteObject" && looksBeforeDeleting(parts))
          return t.skip("a look tells what became of it before it could be tried again");
        await synced(parts, ["f", "k1", "k2"]);
        if (operation === "PutObject") L.write("f", "edited here", 5);
        else L.remove("f");
        chaos.plan([{ operation, name: "f", effect: LOST }]);
        let tries = 0;
        const { before: planned } = chaos;
        chaos.before = async (request) => {
          if (operationOf(request) === operation && request.key === R.at("f").Key && ++tries === 2)
            await R.put("f", "of others", 9);
          await planned(request);
        };
        const ran = await machine.runWith(hurried(), "--json");
        assert.ok(tries >= 2, "it was tried again");
        assert.deepEqual([ran.code, reportedBy(ran, L.root)], [3, ["f"]]);
        assert.equal(await R.read("f"), "of others");
        await machine.sync();
        assert.equal(L.read("f"), "of others");
        await assertSettled(parts);
      },
    );
  }
});

describe("large content and faults", { concurrency: 4 }, () => {
  for (const [operation, effect] of [
    ["UploadPart", { kind: "lose-answer", cut: "rst" }],
    ["UploadPart", { kind: "silence" }],
    ["CompleteMultipartUpload", { kind: "lose-answer", cut: "fin" }],
    ["CompleteMultipartUpload", { kind: "say", body: ERROR }],
    ["CompleteMultipartUpload", { kind: "shorten", at: 0, announced: true }],
  ] as const satisfies readonly (readonly [string, Effect])[]) {
    stormy(
      `an upload in parts whose ${operation} meets "${effect.kind}" arrives whole, and leaves nothing open (S21, S22, RM2, RM10)`,
      async (parts) => {
        const { machine, chaos, L, R } = parts;
        L.write("large", LARGE, 1);
        chaos.plan([{ operation, effect }]);
        assert.deepEqual(await machine.runWith(envFor(effect)), SILENT);
        assert.equal(chaos.hits.length, 1);
        chaos.plan([]);
        assert.deepEqual(await openUploads(R), []);
        await assertSettled(parts);
      },
    );
  }

  for (const effect of [
    { kind: "cut-body", at: 0.9, cut: "rst" },
    { kind: "shorten", at: 0.9, announced: false },
    { kind: "stall", at: 0.1 },
    { kind: "flip-byte", at: 0.7 },
  ] as const satisfies readonly Effect[]) {
    stormy(
      `a download in ranges of which one meets "${effect.kind}" arrives whole, or not at all (S3, S4, S5, RM16)`,
      async (parts) => {
        const { machine, chaos, L, R } = parts;
        await R.put("large", LARGE, 1);
        chaos.plan([{ operation: "GetObject", nth: 2, effect }]);
        const ran = await machine.runWith(envFor(effect));
        assert.equal(chaos.hits.length, 1);
        if (effect.kind !== "flip-byte") assert.deepEqual(ran, SILENT);
        assert.deepEqual(Object.keys(L.files()), ran.code === 0 ? ["large"] : []);
        chaos.plan([]);
        if (ran.code !== 0) await machine.sync();
        assert.ok(Buffer.from(LARGE).equals(readFileSync(L.path("large"))));
        await assertSettled(parts);
      },
    );
  }
});
