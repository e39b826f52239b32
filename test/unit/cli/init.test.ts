/** `--init`, `--dump` and `--purge` as a user sees them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { BsyncError, StateFormatError, StateVersionError } from "../../../src/model/errors.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import { aMap, memoryEngine, session, words } from "../../support/session.ts";

const directories = {
  "/data/docs": "/data/docs",
  "/data/my docs": "/data/my docs",
  "/data/docs/in": "/data/docs/in",
};
const NEXT = `
Next:
  s3-bsync --dryrun  # shows what a sync would do, and changes nothing
  s3-bsync           # syncs
`;

test("--init --dir stores a map and ends with the two next commands", async () => {
  const engine = memoryEngine({ directories });
  assert.deepEqual(await session(words("--init --dir /data/docs/ s3://bucket/docs/"), engine), {
    stdout: `/home/ann/.state.s3sync: 1 map\n  /data/docs <-> s3://bucket/docs\n${NEXT}`,
    stderr: "",
    exitCode: 0,
  });
  assert.deepEqual(engine.maps(), [aMap()]);
});

test("CL13: map options and connection options are stored in the maps of the same command", async () => {
  const engine = memoryEngine({ directories });
  const line =
    "--init --dir /data/docs s3://bucket/docs --no-recursive --endpoint-url http://127.0.0.1:9000 --region eu --profile p --ca-bundle ca.pem --path-style";
  assert.equal((await session(words(line), engine)).exitCode, 0);
  const options = {
    "ca-bundle": "/somewhere/ca.pem",
    "endpoint-url": "http://127.0.0.1:9000",
    "path-style": "true",
    profile: "p",
    region: "eu",
  };
  assert.deepEqual(engine.maps(), [aMap({ recursive: false, options })]);
});

test("CL22, CL23: headers, class, encryption and who pays are stored in the maps of the same command, and shown rule by rule", async () => {
  const engine = memoryEngine({ directories });
  const headers = ["--header", "cache-control: max-age=60", "--header", "*.html:  Cache-Control:no-cache "];
  const line = words(
    "--init --dir /data/docs s3://bucket/docs --storage-class STANDARD_IA --sse aws:kms:alias/a --request-payer",
  );
  const { stdout } = await session([...line, ...headers], engine);
  const options = {
    header: "Cache-Control: max-age=60\n*.html: Cache-Control: no-cache",
    "request-payer": "true",
    sse: "aws:kms:alias/a",
    "storage-class": "STANDARD_IA",
  };
  assert.deepEqual(engine.maps(), [aMap({ options })]);
  const shown =
    "(header Cache-Control: max-age=60, header *.html: Cache-Control: no-cache, request-payer, sse aws:kms:alias/a, storage-class STANDARD_IA)";
  assert.ok(stdout.includes(shown), stdout);
});

test("CL22, CL23: what cannot be a header, a class or an encryption is refused, and nothing is stored", async () => {
  const engine = memoryEngine({ directories });
  const long = Array.from({ length: 50 }, () => ["--header", `Cache-Control: ${"a".repeat(80)}`]).flat();
  for (const [given, said] of [
    [["--header", "x-amz-acl: public-read"], /--header x-amz-acl: public-read: ACLs are never sent/],
    [["--header", "Content-Encoding: gzip"], /--gzip compresses/],
    [long, /--header: more than 4096 bytes in all/],
    [["--storage-class", "standard"], /--storage-class standard: not a class/],
    [["--sse", "aes256"], /--sse aes256: neither AES256 nor/],
  ] as const) {
    const ran = await session([...words("--init --dir /data/docs s3://bucket/docs"), ...given], engine);
    assert.equal(ran.exitCode, 2);
    assert.match(ran.stderr, said);
  }
  assert.equal(engine.maps(), undefined);
});

test("EN3: --gzip and --gpg are stored, once the key is known to be of use", async () => {
  const engine = memoryEngine({ directories });
  const line = words("--init --dir /data/docs s3://bucket/docs --gzip 11 --gpg ann@example.org");
  const { stdout } = await session(line, engine);
  assert.deepEqual(engine.maps(), [aMap({ gzip: 11, gpg: true, email: "ann@example.org" })]);
  assert.match(stdout, /\(gzip 11, gpg ann@example\.org\)\n\nNext:/);
});

test("EN3: where the key cannot be used, nothing is stored, and the error says why", async () => {
  const engine = {
    ...memoryEngine({ directories }),
    gpgKey: async () => {
      throw new BsyncError("the GPG key of ann@example.org is expired", { hint: "renew it" });
    },
  };
  const line = words("--init --dir /data/docs s3://bucket/docs --gpg ann@example.org");
  const { exitCode, stderr } = await session(line, engine);
  assert.equal(exitCode, 1);
  assert.equal(stderr, "s3-bsync: the GPG key of ann@example.org is expired\n  hint: renew it\n");
  assert.equal(engine.maps(), undefined);
});

test("EN6: a machine without the secret key is told what it will not see", async () => {
  const engine = { ...memoryEngine({ directories }), gpgKey: async () => ({ canDecrypt: false }) };
  const line = words("--init --dir /data/docs s3://bucket/docs --gpg ann@example.org");
  assert.match((await session(line, engine)).stdout, /secret key is not on this machine/);
});

test("S15, S16, CH13: policies are stored with the map, and what --backup none leaves out is said", async () => {
  const engine = memoryEngine({ directories });
  const line = "--init --dir /data/docs s3://bucket/docs --backup none --on-conflict both --direction up";
  const { stdout } = await session(words(line), engine);
  assert.deepEqual(engine.maps(), [
    aMap({ options: { backup: "none", direction: "up", "on-conflict": "both" } }),
  ]);
  assert.match(stdout, /\(backup none, direction up, on-conflict both\)\n/);
  assert.match(stdout, /Of what a run overwrites or deletes, only losers [^\n]+:\n {2}\/data\/docs\n/);
  const wrong = await session(words("--init --dir /data/docs s3://bucket/docs --backup some"), engine);
  assert.deepEqual(
    [wrong.exitCode, wrong.stderr.split("\n")[0]],
    [2, "s3-bsync: --backup some: not losers, all, none"],
  );
});

test("CL11: a mapped directory again takes the options of this command, all of them", async () => {
  const engine = memoryEngine({ directories, maps: [aMap({ recursive: false, options: { region: "eu" } })] });
  await session(words("--init --dir /data/docs s3://bucket/docs"), engine);
  assert.deepEqual(engine.maps(), [aMap()]);
});

test("--init alone makes an empty state file, and else says what is mapped and changes nothing", async () => {
  const engine = memoryEngine();
  assert.deepEqual(await session(["--init"], engine), {
    stdout: "/home/ann/.state.s3sync: 0 maps\n\nNext:\n  s3-bsync --init --dir PATH s3://BUCKET/PREFIX\n",
    stderr: "",
    exitCode: 0,
  });
  assert.deepEqual(engine.maps(), []);

  const change = { setMaps: () => assert.fail("nothing was asked for") };
  const { stdout } = await session(["-i"], memoryEngine({ maps: [aMap({ recursive: false })], change }));
  assert.equal(
    stdout,
    `/home/ann/.state.s3sync: 1 map\n  /data/docs <-> s3://bucket/docs  (not recursive)\n${NEXT}`,
  );
});

test("CL10: --rmdir runs before --dir, so that a directory gets another destination", async () => {
  const engine = memoryEngine({ directories, maps: [aMap()] });
  assert.equal(
    (await session(words("--init --dir /data/docs s3://other --rmdir /data/docs/"), engine)).exitCode,
    0,
  );
  assert.deepEqual(engine.maps(), [aMap({ bucket: "other", prefix: "" })]);
});

test("the next commands name the state file, quoted for a shell, if it is not the default", async () => {
  const engine = memoryEngine({ directories, change: { stateFile: "/my files/s" } });
  const { stdout } = await session(
    ["--file", "/my files/s", "--init", "--dir", "/data/docs", "s3://bucket"],
    engine,
  );
  assert.match(stdout, /\n {2}s3-bsync --file '\/my files\/s' --dryrun {2}#/);
});

test("what is wrong with a map is a usage error, and nothing is stored", async () => {
  for (const line of [
    "--init --dir data s3://bucket",
    "--init --dir /nope s3://bucket",
    "--init --dir /data/docs bucket",
    "--init --dir /data/docs s3://b",
    "--init --dir /data/docs s3://bucket --gzip 12",
    "--init --dir /data/docs s3://bucket --gpg nobody",
    "--init --dir /data/docs s3://bucket --endpoint-url x",
    "--init --dir /data/docs s3://bucket/a --dir /data/docs/in s3://bucket/b",
    "--init --rmdir /data/docs",
    "--init --recover --dir /data/docs s3://bucket",
  ]) {
    const change = { setMaps: () => assert.fail(line) };
    const { stdout, stderr, exitCode } = await session(words(line), memoryEngine({ directories, change }));
    assert.equal(exitCode, 2, line);
    assert.equal(stdout, "", line);
    assert.match(stderr, /^s3-bsync: --\S.*\n {2}hint: .*\n$/, line);
  }
});

test("--untrack-ignored works on the maps of the command, or on all", async () => {
  const maps = [aMap(), aMap({ root: "/data/my docs", prefix: "my" })];
  const all = await session(words("--init --untrack-ignored"), memoryEngine({ maps, directories }));
  assert.match(
    all.stdout,
    /^\/data\/docs <-> .*: 3 ignored names no longer tracked\n\/data\/my docs <-> .*: 3 ignored/,
  );
  const one = await session(
    words("--init --untrack-ignored --dir /data/docs s3://bucket/docs"),
    memoryEngine({ maps, directories }),
  );
  assert.equal(one.stdout.match(/no longer tracked/g)?.length, 1);
});

test("CL14: --recover leaves a file of a newer version as it is (SF4)", async () => {
  const damage = new StateVersionError({ offset: 4, field: "version" }, "01 or 02", "03", {
    hint: "use that one",
  });
  const change = { recover: () => assert.fail("it must stay") };
  const refused = await session(words("--init --recover"), memoryEngine({ maps: [aMap()], damage, change }));
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /hint: use that one/);
});

test("CL14: --recover sets a damaged file aside and keeps the maps; a whole one is left alone", async () => {
  const damage = new StateFormatError({ offset: 9, field: "bucket block" }, "90", "9f");
  assert.deepEqual(await session(words("--init --recover"), memoryEngine({ maps: [aMap()], damage })), {
    stdout: `set aside: /home/ann/.state.s3sync.damaged
The next sync compares everything and deletes nothing.
/home/ann/.state.s3sync: 1 map
  /data/docs <-> s3://bucket/docs
${NEXT}`,
    stderr: "",
    exitCode: 0,
  });

  const change = { recover: () => assert.fail("there is nothing to recover") };
  const whole = await session(words("--init --recover"), memoryEngine({ maps: [], change }));
  assert.deepEqual(
    [whole.exitCode, whole.stderr],
    [1, "s3-bsync: /home/ann/.state.s3sync: not damaged: nothing to recover\n"],
  );
  const none = await session(words("--init --recover"), memoryEngine({ change }));
  assert.deepEqual([none.exitCode, none.stdout], [1, ""]);
});

const record = { key: keyOfText("a\nb"), size: 2048, mtimeMs: Date.UTC(2026, 0, 2), etag: "0123" };

test("--dump prints version, last sync, maps with options, objects and bytes; records at --debug", async () => {
  const engine = memoryEngine({ maps: [aMap({ gzip: 6, options: { region: "eu" } })], records: [record] });
  assert.deepEqual(await session(["--dump"], engine), {
    stdout: `/home/ann/.state.s3sync: version 1, last synced: never, 1 map

/data/docs <-> s3://bucket/docs  (gzip 6, region eu)
  1 object, 2.0 KiB
`,
    stderr: "",
    exitCode: 0,
  });
  const { stdout } = await session(["dump", "--debug"], engine);
  assert.match(
    stdout,
    /\n {2}"a\\nb" {2}2048 B, 2026-01-02T00:00:00\.000Z, ETag 0123\n {2}1 object, 2\.0 KiB\n$/,
  );
});

test("CL18: --dump --json gives the file, every record and every map as valid lines", async () => {
  const { stdout } = await session(["--dump", "--json"], memoryEngine({ maps: [aMap()], records: [record] }));
  assert.equal(
    stdout,
    `{"type":"state","file":"/home/ann/.state.s3sync","version":1,"syncedMs":0}
{"type":"record","root":"/data/docs","destination":"s3://bucket/docs","key":"a\\nb","size":2048,"mtimeMs":1767312000000,"etag":"0123"}
{"type":"map","root":"/data/docs","destination":"s3://bucket/docs","gzip":0,"gpg":false,"email":"","recursive":true,"options":{},"objects":1,"bytes":2048}
`,
  );
});

test("--purge removes the state, keeps the backups and says where; no file is success; one that is not ours is refused", async () => {
  const engine = memoryEngine({ maps: [] });
  assert.deepEqual(await session(words("--init --purge"), engine), {
    stdout:
      "removed: /home/ann/.state.s3sync\nkept: the backups in /home/ann/.state.s3sync.d/backups; --init --purge --force removes them too\n",
    stderr: "",
    exitCode: 0,
  });
  assert.deepEqual(await session(words("--init --purge"), engine), {
    stdout: "/home/ann/.state.s3sync: no such file; nothing to remove\n",
    stderr: "",
    exitCode: 0,
  });
  const forced = await session(words("--init --purge --force"), memoryEngine({ maps: [] }));
  assert.equal(forced.stdout, "removed: /home/ann/.state.s3sync\n");
  const foreign = memoryEngine({ damage: new BsyncError("/x is not a state file of s3-bsync") });
  assert.equal((await session(words("--init --purge"), foreign)).exitCode, 1);
});
