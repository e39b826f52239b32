/** `--verify` on a real server: a byte that went bad on either side is found, and nothing at all is changed. */

import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe } from "node:test";
import { takeLock } from "../../src/state/lock.ts";
import { bytesOf } from "../support/content.ts";
import { answerError } from "../support/listing-page.ts";
import { operationOf } from "../support/recording-proxy.ts";
import { type Parts, scene, startingFrom } from "../support/scene.ts";
import { sealedScene, ADDRESS } from "../support/sealed.ts";
import { assertOnlyRead, snapshotOf } from "../support/stand-still.ts";
import { canTrace, NO_STRACE, traced } from "../support/traced.ts";
import { at, type Local, type Machine, type Ran } from "../support/world.ts";

const start = startingFrom({ a: "AAAA", b: "BB", c: "CCC", "d/e": "E", "d/f": "FF" });

/** Nothing changes: not in the whole home folder, and not in the bucket. Nothing is sent but LIST, HEAD and GET (LK1). */
async function verify({ machine, R }: Parts, ...argv: readonly string[]): Promise<Ran> {
  const [here, there] = [snapshotOf(machine.home), await R.files()];
  machine.proxy.log.length = 0;
  const ran = await machine.run("--verify", ...argv);
  assertOnlyRead(machine);
  assert.deepEqual(snapshotOf(machine.home), here);
  assert.deepEqual(await R.files(), there);
  return ran;
}

function lines({ stdout }: Ran): readonly string[] {
  return stdout.split("\n").filter((line) => line.startsWith("  "));
}

function operations({ proxy }: Machine): readonly string[] {
  return proxy.log.map(operationOf);
}

/** One bit of the file is another one; size and time stay. */
function flip(L: Local, name: string): void {
  const path = L.path(name);
  const { atimeMs, mtimeMs } = statSync(path);
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  writeFileSync(path, bytes);
  utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
}

describe("--verify", { concurrency: 3 }, () => {
  start(
    "of a map in sync reads the files and one listing, and ends with 0 (LK1, LK4, LK7)",
    async (parts) => {
      const ran = await verify(parts);
      assert.deepEqual([ran.code, ran.stderr, lines(ran)], [0, "", ["  5 names compared: all the same"]]);
      assert.deepEqual(operations(parts.machine), ["ListObjectsV2"]);
    },
  );

  start("finds a byte that was flipped here behind an unchanged size and time (LK3)", async (parts) => {
    flip(parts.L, "a");
    const ran = await verify(parts);
    assert.deepEqual(lines(ran), [
      "  differs: a: although size, time and ETag are as recorded",
      "  5 names compared: 1 differs",
    ]);
    assert.deepEqual([ran.code, ran.stderr], [3, ""]);
    assert.deepEqual(lines(await verify(parts, "--quick")), ["  5 names compared: all the same"]);
    assert.deepEqual(operations(parts.machine), ["ListObjectsV2"]);
  });

  start("looks at the chosen names alone (LK16)", async (parts) => {
    flip(parts.L, "a");
    flip(parts.L, "d/e");
    const found = "  differs: d/e: although size, time and ETag are as recorded";
    const ran = await verify(parts, "--only", "d", "b");
    assert.deepEqual([ran.code, lines(ran)], [3, [found, "  3 names compared: 1 differs"]]);
    const others = await verify(parts, "--exclude", "a", "--exclude", "d/e");
    assert.deepEqual([others.code, lines(others)], [0, ["  3 names compared: all the same"]]);
  });

  start("finds a byte that was flipped in the bucket, by its bytes (LK3, LK4)", async (parts) => {
    await parts.R.put("a", "AAAB", 1);
    const ran = await verify(parts);
    assert.deepEqual(lines(ran)[0], "  differs: a: the object changed since the last sync");
    assert.equal(ran.code, 3);
    assert.deepEqual(operations(parts.machine), ["ListObjectsV2", "HeadObject", "GetObject"]);
  });

  scene(
    "finds a flipped byte in content that was sent in parts, and needs no download to prove the rest (LK4)",
    async (parts) => {
      const { machine, L } = parts;
      L.write("large", bytesOf(17 * 1024 * 1024), 1);
      L.write("small", "small", 1);
      await machine.sync();
      assert.equal((await verify(parts)).code, 0);
      assert.deepEqual(operations(machine), ["ListObjectsV2"]);
      flip(L, "large");
      const ran = await verify(parts);
      assert.equal(lines(ran)[0], "  differs: large: although size, time and ETag are as recorded");
      assert.equal(ran.code, 3);
    },
  );

  start(
    "tells every kind of finding, in key order, with a sum; and a sync mends what it may (LK2, LK3)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.remove("a");
      await R.remove("b");
      utimesSync(L.path("c"), at(9) / 1000, at(9) / 1000);
      L.remove("d/e");
      await R.remove("d/e");
      rmSync(L.path("d/f"));
      symlinkSync("elsewhere", L.path("d/f"));
      L.write("g", "G");
      await R.put("g", "G", 1);
      symlinkSync("elsewhere", L.path("h"));
      const ran = await verify(parts);
      assert.deepEqual(lines(ran), [
        "  missing here: a: recorded, and gone here",
        "  missing there: b: recorded, and gone from the bucket",
        "  record differs: c: both are the same, recorded with another time",
        "  record differs: d/e: recorded, and on neither side",
        "  unknown: d/f: a symbolic link, never followed",
        "  not recorded: g: on both sides, and not in the state file",
        "  6 names compared: 1 missing here, 1 missing there, 1 not recorded, 2 record differs, 1 unknown",
      ]);
      assert.deepEqual([ran.code, ran.stderr], [3, ""]);
      L.remove("d/f");
      L.write("d/f", "FF", 1);
      await machine.sync();
      assert.equal((await verify(parts)).code, 0);
    },
  );

  start("--json tells the same, an object a line (CL18)", async (parts) => {
    parts.L.write("new", "N");
    const ran = await verify(parts, "--json");
    const told = ran.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    assert.deepEqual(
      told.map(({ type, kind, key, exitCode, paths }) => [type, kind ?? exitCode, key ?? paths]),
      [
        ["finding", "missing there", "new"],
        ["verified", 3, 6],
      ],
    );
  });

  start("neither waits for a run nor hinders one (LK1)", async (parts) => {
    const lock = takeLock(`${parts.machine.stateFile}.d`, { pid: process.pid, hostname: hostname() });
    assert.equal((await verify(parts)).code, 0);
    lock.release();
  });

  start("makes, changes and removes no file anywhere (LK1)", async ({ machine, L }, t) => {
    if (!canTrace()) return t.skip(NO_STRACE);
    L.write("a", "AAAB", 1);
    const { ran, changes } = await traced(machine, "--verify");
    assert.deepEqual([ran.code, changes], [3, []]);
  });

  start(
    "of a directory that is missing, and of a bucket that does not answer, tells nothing but that: exit code 1 (LK7)",
    async (parts) => {
      const { machine, L } = parts;
      machine.proxy.instead = (_, response) => answerError(response, 403, "AccessDenied");
      const denied = await machine.run("--verify");
      assert.equal(denied.code, 1);
      assert.match(denied.stdout, /\n {2}could not be looked at: access to s3:.* is denied\n$/);
      assert.match(denied.stderr, /^s3-bsync: access to .*\n {2}hint: /);
      machine.proxy.instead = () => false;
      rmSync(L.root, { recursive: true });
      const missing = await machine.run("--verify");
      assert.equal(missing.code, 1);
      assert.match(missing.stdout, /\n {2}could not be looked at: .*is missing or not a directory\n$/);
    },
  );

  sealedScene(
    "compares encrypted content by the digest of its envelope, and fetches none (LK4)",
    { gzip: 6, gpg: ADDRESS },
    async (parts) => {
      const { machine, L } = parts;
      L.write("a", "the content of a", 1);
      L.write("b", "the content of b", 1);
      await machine.sync();
      assert.equal((await verify(parts)).code, 0);
      assert.deepEqual(operations(machine), ["ListObjectsV2", "HeadObject", "HeadObject"]);
      flip(L, "b");
      const ran = await verify(parts);
      assert.equal(lines(ran)[0], "  differs: b: although size, time and ETag are as recorded");
      assert.equal(ran.code, 3);
    },
  );
});
