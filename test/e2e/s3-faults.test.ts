/** Scenarios J: a server that fails now and then, cannot do what AWS can, or does not allow it. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { assertKept } from "../support/backup-contents.ts";
import { bytesOf } from "../support/content.ts";
import { answerError } from "../support/listing-page.ts";
import { operationOf, type Recorded } from "../support/recording-proxy.ts";
import { startServer } from "../support/s3-server.ts";
import { numbered, type Parts, scene, synced } from "../support/scene.ts";
import { strictClient } from "../support/strict-client.ts";
import type { ConditionMode, Effect } from "../support/strict-server/fault-rules.ts";
import { assertSettled, type Machine, type Ran, type Remote, scenario } from "../support/world.ts";

const LARGE = 17 * 1024 * 1024;

const server = await startServer("strict");
const strict = strictClient(server.endpoint);
after(() => server.stop());

/** On the strict server, in a bucket of its own, so that faults of others do not hit it. */
function strictly(title: string, play: (parts: Parts) => Promise<void>): void {
  const bucket = `faults-${++buckets}`;
  test(title, () => scenario(play, server, bucket));
}
let buckets = 0;

const CHANGED = ["edited here", "edited there", "gone here", "gone there", "new here", "new there"];

function failing(status: number, code: string): Effect {
  return { kind: "answer", status, code };
}

describe("scenarios J: requests that fail for a while", { concurrency: 8 }, () => {
  for (const [status, code] of [
    [503, "SlowDown"],
    [500, "InternalError"],
    [429, "TooManyRequests"],
  ] as const) {
    strictly(
      `200 ${status} ${code} to any request is asked again, and nobody notices (RM2)`,
      async (parts) => {
        const { machine, L, R } = parts;
        await synced(parts, ["edited here", "edited there", "gone here", "gone there", "k"]);
        L.write("edited here", "new");
        await R.put("edited there", "new");
        L.remove("gone here");
        await R.remove("gone there");
        const hit = ["PutObject", "GetObject", "DeleteObject", "HeadObject", "HeadBucket", "ListObjectsV2"];
        const effect = failing(status, code);
        await strict.faults(hit.map((operation) => ({ operation, bucket: R.bucket, effect })));
        machine.proxy.log.length = 0;
        await machine.sync();
        const failed = machine.proxy.log.filter((request) => request.status === status);
        assert.deepEqual(failed.map(operationOf).toSorted(), hit.toSorted());
        assert.deepEqual(L.files(), { "edited here": "new", "edited there": "new", k: "k" });
        await assertSettled(parts);
      },
    );
  }

  for (const [operation, effect] of [
    ["CreateMultipartUpload", failing(503, "SlowDown")],
    ["UploadPart", failing(500, "InternalError")],
    ["UploadPart", { kind: "cut-before" }],
    ["CompleteMultipartUpload", failing(500, "InternalError")],
    ["CompleteMultipartUpload", failing(409, "ConditionalRequestConflict")],
    ["CompleteMultipartUpload", { kind: "error-in-200", code: "InternalError" }],
    ["CompleteMultipartUpload", { kind: "cut-after" }],
  ] as const satisfies readonly (readonly [string, Effect])[]) {
    const what = effect.kind === "answer" ? effect.status : effect.kind;
    strictly(
      `200 an upload in parts whose ${operation} meets ${what} arrives whole (RM2, RM10)`,
      async (parts) => {
        const { machine, L, R } = parts;
        L.write("large", bytesOf(LARGE), 1);
        await strict.faults([{ operation, bucket: R.bucket, effect }]);
        await machine.sync();
        assert.deepEqual(await unfinished(R), []);
        await assertSettled(parts);
      },
    );
  }

  for (const operation of ["PutObject", "DeleteObject"]) {
    strictly(`200 a ${operation} whose reply is lost is known again as our own (RM10)`, async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["edited", "gone", "k"]);
      L.write("edited", "new");
      L.remove("gone");
      await strict.faults([{ operation, bucket: R.bucket, effect: { kind: "cut-after" } }]);
      await machine.sync();
      assert.deepEqual(await R.files(), { edited: "new", k: "k" });
      await assertSettled(parts);
    });
  }

  // It waits most of the time: eight attempts are made.
  strictly(
    "200 an error in the body of every 200 is a failure: the object stays, with its record, and the rest goes on (X7, RM14)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["large", "k"]);
      const record = machine.records()["large"];
      L.write("large", bytesOf(LARGE), 5);
      L.write("small", "S", 5);
      const effect: Effect = { kind: "error-in-200", code: "InternalError" };
      const operation = "CompleteMultipartUpload";
      await strict.faults([{ operation, bucket: R.bucket, times: 8, effect }]);
      const ran = await machine.run();
      assertPathsFailed(ran, [[L.path("large"), /InternalError/]]);
      assert.deepEqual(await R.files(), { large: "large", k: "k", small: "S" });
      assert.deepEqual(machine.records()["large"], record);
      assert.deepEqual(await unfinished(R), []);
      await machine.sync();
      await assertSettled(parts);
    },
  );
});

describe("scenarios J: preconditions", () => {
  for (const mode of ["ignored", "refused"] as const satisfies readonly ConditionMode[]) {
    const title = `an endpoint where preconditions are ${mode}`;
    strictly(
      `201 ${title}: a HEAD stands before each change, and that is remembered (X5, RM9, RM11)`,
      (parts) =>
        without(mode, async () => {
          const { machine, L, R } = parts;
          await synced(parts, ["a", "b", "c", "k"]);
          L.remove("c");
          await machine.sync();
          const learnt = JSON.parse(readFileSync(`${machine.stateFile}.d/endpoints.json`, "utf8"));
          assert.equal(learnt.endpoints[0].conditionalPut, mode);
          assert.equal(learnt.endpoints[0].conditionalDelete, mode);

          L.write("a", "edited");
          L.write("new", "N");
          L.remove("b");
          machine.proxy.log.length = 0;
          await machine.sync();
          for (const name of ["a", "b", "new"]) {
            const [first, second, ...more] = machine.proxy.log.filter(({ key }) => key === R.at(name).Key);
            assert.equal(first?.method, "HEAD", name);
            assert.deepEqual([second?.method, more.length], [name === "b" ? "DELETE" : "PUT", 0], name);
            if (mode === "refused") assert.deepEqual(conditionsOf(second), []);
          }
          await assertSettled(parts);
        }),
    );

    strictly(
      `201 ${title}: what others change meanwhile is neither overwritten nor deleted (X5, RM9)`,
      (parts) => without(mode, () => meddled(parts)),
    );
  }

  strictly(
    "201 as AWS has it, with 404 for an object that is gone: nothing is overwritten or deleted (X5)",
    meddled,
  );

  scene("201 on this server: what others change meanwhile is neither overwritten nor deleted (X5)", meddled);

  for (const on of ["on AWS, which says 404,", "on this server"]) {
    const play = async (parts: Parts): Promise<void> => {
      const { machine, L, R } = parts;
      await synced(parts, ["a", "k"]);
      L.write("a", "edited");
      atFirst(machine, R, "a", () => R.remove("a"));
      assertPathsFailed(await machine.run(), [[L.path("a"), /changed meanwhile/]]);
      assert.deepEqual(await R.names(), ["k"]);
      await machine.sync();
      assert.equal(await R.read("a"), "edited");
      await assertSettled(parts);
    };
    const title = `201 ${on} an object that goes right before its upload is sent by the next run (R6, X7)`;
    if (on.startsWith("on AWS")) strictly(title, play);
    else scene(title, play);
  }

  scene("202 where a policy demands preconditions, every upload has one (X5)", async (parts) => {
    const { machine, L, R } = parts;
    machine.proxy.instead = (request, response) =>
      request.method === "PUT" &&
      conditionsOf(request).length === 0 &&
      answerError(response, 403, "AccessDenied");
    await synced(parts, ["a", "b"]);
    L.write("a", "edited");
    await machine.sync();
    assert.equal(await R.read("a"), "edited");
    await assertSettled(parts);
  });
});

describe("scenarios J: permissions", { concurrency: 3 }, () => {
  for (const [action, operations, left] of [
    ["s3:PutObject", ["PutObject"], ["edited here", "new here"]],
    ["s3:GetObject", ["GetObject", "HeadObject"], ["edited there", "gone here", "gone there", "new there"]],
    ["s3:DeleteObject", ["DeleteObject"], ["gone here"]],
  ] as const) {
    scene(
      `202 without ${action} each path that needs it is named, its record stays, and all others go on (X7)`,
      async (parts) => {
        const { machine, L, R } = parts;
        await synced(parts, ["edited here", "edited there", "gone here", "gone there", "k"]);
        const records = machine.records();
        for (const name of ["edited here", "new here"]) L.write(name, "new");
        for (const name of ["edited there", "new there"]) await R.put(name, "new");
        L.remove("gone here");
        await R.remove("gone there");

        const denied: readonly string[] = operations;
        machine.proxy.instead = (request, response) =>
          denied.includes(operationOf(request)) && answerError(response, 403, "AccessDenied");
        const needing: readonly string[] = left;
        const said = needing.map((name) => [L.path(name), /denies access \((AccessDenied|403)\)$/] as const);
        assertPathsFailed(await machine.run(), said);
        const now = machine.records();
        for (const name of CHANGED) {
          const done = name.startsWith("gone") ? undefined : "new".length;
          assert.equal(now[name]?.size, needing.includes(name) ? records[name]?.size : done, name);
        }
        machine.proxy.instead = () => false;
        await machine.sync();
        await assertSettled(parts);
      },
    );
  }

  scene("202 no request is sent but those that the documentation names", async (parts) => {
    const { machine, L, R } = parts;
    const documented = readFileSync(new URL("../../commands.md", import.meta.url), "utf8");
    machine.proxy.log.length = 0;
    await synced(parts, ["edited here", "edited there", "conflict", "gone here", "gone there", "k"]);
    for (const name of ["edited here", "conflict"]) L.write(name, "new here");
    for (const name of ["edited there", "conflict"]) await R.put(name, "new there");
    L.write("large", bytesOf(LARGE));
    L.remove("gone here");
    await R.remove("gone there");
    await machine.sync();
    const sent = new Set(machine.proxy.log.map(operationOf));
    assert.deepEqual(
      [...sent].filter((operation) => !documented.includes(operation)),
      [],
    );
    await assertSettled(parts);
  });

  scene(
    "205 credentials that expire on the way end the map in one line; what was done is recorded, and only the rest is done later (X8, RM5)",
    async (parts) => {
      const { machine, L, R } = parts;
      const names = numbered(100);
      for (const name of names) L.write(name, name, 1);
      let puts = 0;
      machine.proxy.instead = ({ method }, response) => {
        if (method === "PUT") puts++;
        return puts > 20 && answerError(response, 400, "ExpiredToken");
      };
      const ran = await machine.run();
      assert.deepEqual([ran.code, ran.stdout], [1, ""]);
      assert.match(ran.stderr, /^s3-bsync: the credentials have expired\n {2}hint: get new ones[^\n]*\n$/);
      const there = await R.names();
      assert.ok(there.length > 0 && there.length <= 20);
      assert.deepEqual(Object.keys(machine.records()), there.toSorted());

      machine.proxy.instead = () => false;
      machine.proxy.log.length = 0;
      await machine.sync();
      const sent = machine.proxy.log.filter(({ method }) => method === "PUT").map(({ key }) => key);
      const rest = names.filter((name) => !there.includes(name)).map((name) => R.at(name).Key);
      assert.deepEqual([...new Set(sent)].toSorted(), rest);
      await assertSettled(parts);
    },
  );
});

async function without(mode: ConditionMode, play: () => Promise<void>): Promise<void> {
  await strict.modes({ putConditions: mode, deleteConditions: mode });
  try {
    await play();
  } finally {
    await strict.modes({});
  }
}

/** Another program is faster by a moment, at a file that is edited, one that is new, and one that is gone. */
async function meddled(parts: Parts): Promise<void> {
  const { machine, L, R } = parts;
  await synced(parts, ["edited", "gone", "k", "last"]);
  L.remove("last");
  await machine.sync();
  const records = machine.records();
  L.write("edited", "edited here", 5);
  L.write("new", "new here", 5);
  L.remove("gone");
  for (const name of ["edited", "gone", "new"])
    atFirst(machine, R, name, async () => void (await R.put(name, `${name} there`, 9)));
  const stale = ["edited", "gone", "new"].map((name) => [L.path(name), /changed meanwhile/] as const);
  assertPathsFailed(await machine.run(), stale);
  const theirs = { edited: "edited there", gone: "gone there", k: "k", new: "new there" };
  assert.deepEqual(await R.files(), theirs);
  assert.deepEqual(Object.keys(machine.records()), Object.keys(records), "each one stays tracked");

  await machine.sync();
  assert.deepEqual(L.files(), theirs);
  await assertKept(machine, "edited here", "new here");
  await assertSettled(parts);
}

/** What happens right before the first request about this object. */
function atFirst({ proxy }: Machine, R: Remote, name: string, act: () => Promise<void>): void {
  const { before: others } = proxy;
  let done = false;
  proxy.before = async (request) => {
    await others(request);
    if (done || request.key !== R.at(name).Key) return;
    done = true;
    await act();
  };
}

function conditionsOf(request: Recorded | undefined): readonly string[] {
  return ["if-match", "if-none-match"].filter((name) => request?.headers[name] !== undefined);
}

/** Exit code 3, and one line a path that says why. */
function assertPathsFailed(
  { code, stdout, stderr }: Ran,
  failures: readonly (readonly [path: string, why: RegExp])[],
): void {
  assert.deepEqual([code, stdout], [3, ""], stderr);
  const lines = stderr.trimEnd().split("\n").toSorted();
  assert.equal(lines.length, failures.length, stderr);
  for (const [at, [path, why]] of failures.toSorted().entries()) {
    assert.ok(lines[at]?.startsWith(`s3-bsync: ${path}: `), stderr);
    assert.match(lines[at] ?? "", why);
  }
}

/** Uploads in parts that were begun and neither completed nor aborted. */
async function unfinished({ client, bucket }: Remote): Promise<readonly unknown[]> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return Uploads;
}
