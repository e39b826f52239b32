/** A map whose objects have headers and a class of their own, whose requests are paid for, and what bounds transfers. */

import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { after, describe } from "node:test";
import { type Recorded, operationOf } from "../support/recording-proxy.ts";
import { renameHere, trafficOf } from "../support/renaming.ts";
import { startServer } from "../support/s3-server.ts";
import { numbered, scene } from "../support/scene.ts";
import { assertSettled, at, type Machine, type Remote } from "../support/world.ts";

const strict = await startServer("strict");
after(() => strict.stop());

const HEADERS = [
  "Cache-Control: max-age=3600",
  "*.html: Cache-Control: no-cache",
  "/de/: Content-Language: de",
];
const WEBSITE = [
  ...HEADERS.flatMap((header) => ["--header", header]),
  "--storage-class",
  "REDUCED_REDUNDANCY",
  "--request-payer",
];

/** Headers and class of some objects: `CACHE LANGUAGE CLASS`. */
async function given(R: Remote, names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const heads = await Promise.all(names.map((name) => R.head(name)));
  return Object.fromEntries(
    heads.map(({ CacheControl, ContentLanguage, StorageClass }, i) => [
      names[i],
      `${CacheControl} ${ContentLanguage} ${StorageClass}`,
    ]),
  );
}

/** All that the machine has sent so far. */
function everything(machine: Machine): readonly Recorded[] {
  const all: Recorded[] = [];
  const { before } = machine.proxy;
  machine.proxy.before = (request) => {
    all.push(request);
    return before(request);
  };
  return all;
}

describe("objects with headers and a class of their own", { concurrency: 3 }, () => {
  scene(
    "what a map has stored goes with every upload, survives edits and renames, and costs no request (RM23, RM24, CL22)",
    async (parts) => {
      const { machine, L, R } = parts;
      await machine.init(...WEBSITE);
      const sent = everything(machine);
      for (const name of ["index.html", "de/index.html", "style.css"]) L.write(name, name, 1);
      await machine.sync();
      const wanted = {
        "index.html": "no-cache undefined REDUCED_REDUNDANCY",
        "de/index.html": "no-cache de REDUCED_REDUNDANCY",
        "style.css": "max-age=3600 undefined REDUCED_REDUNDANCY",
      };
      const names = Object.keys(wanted);
      assert.deepEqual(await given(R, names), wanted);
      await assertSettled(parts);

      for (const name of names) L.write(name, `${name}, edited`, 2);
      await machine.sync();
      assert.deepEqual(await given(R, names), wanted);
      await assertSettled(parts);

      renameHere(L, "style.css", "de/style.html");
      machine.proxy.log.length = 0;
      await machine.sync();
      assert.deepEqual(trafficOf(machine).copied, ["de/style.html"]);
      assert.deepEqual(
        await given(R, ["de/style.html"]),
        { "de/style.html": wanted["style.css"] },
        "a renamed object keeps what it has",
      );
      await assertSettled(parts);

      await R.put("index.html", "edited there", 5);
      await machine.sync();
      assert.equal(L.read("index.html"), "edited there");
      L.remove("de/index.html");
      await machine.sync();
      assert.equal((await machine.run("--dryrun")).code, 0);
      const status = await machine.run("--status");
      assert.equal(status.code, 0, status.stderr);
      await assertSettled(parts);

      const operations = new Set(sent.map(operationOf));
      const every = ["ListObjectsV2", "PutObject", "CopyObject", "DeleteObject", "GetObject", "HeadObject"];
      assert.deepEqual(
        every.filter((each) => !operations.has(each as ReturnType<typeof operationOf>)),
        [],
      );
      for (const request of sent) {
        assert.equal(request.headers["x-amz-request-payer"], "requester", operationOf(request));
        assert.equal(request.headers["x-amz-acl"], undefined, operationOf(request));
      }
    },
  );

  scene(
    "what a run is told goes before what the map has stored, and stays out of it (CL13, CL22)",
    async ({ machine, L, R }) => {
      await machine.init(...WEBSITE);
      L.write("a.html", "a", 1);
      await machine.sync("--storage-class", "STANDARD", "--header", "Content-Language: en");
      assert.match((await given(R, ["a.html"]))["a.html"] ?? "", /^undefined en (?:undefined|STANDARD)$/);
      L.write("b.html", "b", 1);
      await machine.sync();
      assert.deepEqual(await given(R, ["b.html"]), { "b.html": "no-cache undefined REDUCED_REDUNDANCY" });
      const { stdout } = await machine.run("--dump");
      for (const shown of [
        "header *.html: Cache-Control: no-cache",
        "request-payer",
        "storage-class REDUCED_REDUNDANCY",
      ])
        assert.ok(stdout.includes(shown), `${shown} in ${stdout}`);
      await machine.init();
      L.write("c.html", "c", 1);
      await machine.sync();
      assert.match((await given(R, ["c.html"]))["c.html"] ?? "", /^undefined undefined/);
    },
  );

  scene(
    "under keys of a KMS, where no ETag tells anything, edits and touches are told apart, and a second run only lists (RM25)",
    async (parts) => {
      const { machine, L, R } = parts;
      await machine.init("--sse", "aws:kms:alias/own");
      const files = { a: "content of a", b: "content of b", "d/c": "content of c" };
      for (const [name, content] of Object.entries(files)) L.write(name, content, 1);
      await machine.sync();
      for (const name of Object.keys(files)) {
        const { ServerSideEncryption, SSEKMSKeyId } = await R.head(name);
        assert.deepEqual([ServerSideEncryption, SSEKMSKeyId], ["aws:kms", "alias/own"]);
      }
      await assertSettled(parts);

      utimesSync(L.path("a"), at(3) / 1000, at(3) / 1000);
      L.write("b", "CONTENT OF B", 3);
      renameHere(L, "d/c", "d/e");
      machine.proxy.log.length = 0;
      await machine.sync();
      const { put, got } = trafficOf(machine);
      assert.deepEqual([...put].toSorted(), ["b", "d/e"], "a touch sends nothing");
      assert.deepEqual(got, []);
      await assertSettled(parts);

      const other = await parts.world.machine();
      await other.init("--sse", "aws:kms:alias/own");
      for (const name of ["a", "b", "d/e"]) other.local.write(name, L.read(name), 9);
      other.proxy.log.length = 0;
      await other.sync();
      const met = trafficOf(other);
      assert.deepEqual(met, { ...met, put: [], copied: [], deleted: [] }, "met as equal, by their content");
      await assertSettled({ machine: other, L: other.local, R });
    },
    () => strict,
  );
});

describe("what bounds transfers", { concurrency: 2 }, () => {
  scene("--concurrency bounds the files that are transferred at a time (CL24)", async (parts) => {
    const { machine, L } = parts;
    L.write("first", "first", 1);
    await machine.sync(); // to an endpoint that is not known, the first upload goes alone (RM11)
    for (const name of numbered(12)) L.write(name, name, 1);
    let underWay = 0;
    let most = 0;
    let letGo = (): void => {};
    const two = new Promise<void>((resolve) => (letGo = resolve));
    machine.proxy.before = async (request) => {
      if (operationOf(request) !== "PutObject") return;
      most = Math.max(most, ++underWay);
      if (underWay === 2) letGo();
      await two;
    };
    machine.proxy.after = (request) => {
      if (operationOf(request) === "PutObject") underWay--;
      return false;
    };
    await machine.sync("--concurrency", "2");
    assert.equal(most, 2);
    await assertSettled(parts);
  });

  scene("a run with --bwlimit carries all over, both ways (RM26, CL24)", async (parts) => {
    const { machine, L, R } = parts;
    for (const name of numbered(20)) L.write(`up/${name}`, name.repeat(1_000), 1);
    for (const name of numbered(20)) await R.put(`down/${name}`, name.repeat(1_000), 1);
    await machine.sync("--bwlimit", "1M");
    await assertSettled(parts);
  });
});
