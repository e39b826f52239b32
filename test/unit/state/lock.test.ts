/** One run at a time. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { takeLock } from "../../../src/state/lock.ts";
import { processIdentity } from "../../../src/state/process-identity.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";

const me = { pid: process.pid, hostname: "here" };
const LOCKED = { name: "LockedError", exitCode: 5 };
const linux = { skip: existsSync("/proc/self/stat") ? false : "there is no /proc" };

let dir: TempDir;
let folder: string;
beforeEach(() => {
  dir = tempDir("lock");
  folder = join(dir.path, "state.d");
});
afterEach(() => dir.remove());

test("S11 the second run is refused, and says which process is in the way", () => {
  const lock = takeLock(folder, me);
  assert.throws(() => takeLock(folder, me), {
    ...LOCKED,
    message: `another run is under way: process ${process.pid} on here`,
  });
  assert.deepEqual(readdirSync(folder), ["lock"]);
  assert.equal(statSync(join(folder, "lock")).mode & 0o777, 0o600);
  lock.release();
  takeLock(folder, me).release();
  assert.equal(existsSync(folder), false, "an empty folder is of no use");
});

test("release leaves what else is in the folder, and a lock that is not ours", () => {
  const lock = takeLock(folder, me);
  writeFileSync(join(folder, "pairs.json"), "{}");
  writeFileSync(join(folder, "lock"), "another one");
  lock.release();
  assert.deepEqual(readdirSync(folder).toSorted(), ["lock", "pairs.json"]);
});

test("what killed runs left is swept up, and what is not ours stays", () => {
  mkdirSync(folder);
  const hex = "0123456789abcdef".repeat(2);
  for (const name of [`new-${hex}`, `try-${hex}`, `lock-${hex}`, "new-file", "lock-0", "previous"]) {
    writeFileSync(join(folder, name), "");
  }
  takeLock(folder, me).release();
  assert.deepEqual(readdirSync(folder).toSorted(), ["lock-0", "new-file", "previous"]);
});

for (const text of ["", "garbage", "{}", "null", '{"pid":"1","host":"here"}', "\0".repeat(100)]) {
  test(`S11 a lock that no run of ours wrote is in nobody's way: ${JSON.stringify(text).slice(0, 20)}`, () => {
    put(text);
    takeLock(folder, me).release();
  });
}

test("S11 the lock of a process that has ended is stale", async () => {
  const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
  await once(child, "exit");
  put({ ...processIdentity(process.pid, "here"), pid: child.pid });
  takeLock(folder, me).release();
});

test("S11 so is one of another boot of this machine", linux, () => {
  put({ ...processIdentity(process.pid, "here"), boot: "00000000-0000-0000-0000-000000000000" });
  takeLock(folder, me).release();
});

test("S11 so is one whose process id belongs to a process that was started later", linux, () => {
  put({ ...processIdentity(process.pid, "here"), start: "1" });
  takeLock(folder, me).release();
});

test("the name of the machine may change while a run holds the lock", linux, () => {
  put(processIdentity(process.pid, "earlier-name"));
  assert.throws(() => takeLock(folder, me), LOCKED);
});

test("S11 a holder that cannot be looked up has ended when its lock was not touched for an hour", () => {
  const elsewhere = { host: "elsewhere", pid: 1, boot: "b", pidSpace: "p", start: "1", nonce: "n" };
  const container = { ...processIdentity(process.pid, "box"), pidSpace: "pid:[1]", start: "1" };
  for (const holder of [elsewhere, container]) {
    put(holder);
    assert.throws(() => takeLock(folder, me), LOCKED);
    const minutesAgo = (n: number) => new Date(Date.now() - n * 60_000);
    utimesSync(join(folder, "lock"), minutesAgo(59), minutesAgo(59));
    assert.throws(() => takeLock(folder, me), LOCKED);
    utimesSync(join(folder, "lock"), minutesAgo(61), minutesAgo(61));
    takeLock(folder, me).release();
  }
});

test("a live lock that somebody moved aside by mistake still holds", () => {
  mkdirSync(folder);
  const aside = `lock-${"0123456789abcdef".repeat(2)}`;
  writeFileSync(join(folder, aside), JSON.stringify(processIdentity(process.pid, "here")));
  assert.throws(() => takeLock(folder, me), LOCKED);
  assert.deepEqual(readdirSync(folder), [aside], "the lock that was taken for a moment is gone");
});

test("S11 what was moved aside and is not what was judged is put back", linux, () => {
  mkdirSync(folder);
  symlinkSync("/proc/sys/kernel/random/uuid", join(folder, "lock")); // reads as something else each time
  assert.throws(() => takeLock(folder, me), LOCKED);
  assert.deepEqual(readdirSync(folder), ["lock"]);
});

test("a folder that cannot be made is an error for people", () => {
  assert.throws(() => takeLock(join(dir.path, "missing", "state.d"), me), {
    name: "BsyncError",
    message: `${join(dir.path, "missing")} is not there, and the state file would lie in it`,
    hint: /--file/,
  });
});

test("a folder in the place of the lock is an error for people, not an endless loop", () => {
  mkdirSync(join(folder, "lock"), { recursive: true });
  assert.throws(() => takeLock(folder, me), { name: "BsyncError" });
});

test("S11 of eight processes that find a stale lock at once, never two are inside, and at least one was", async () => {
  put("garbage");
  const inside = join(dir.path, "inside");
  const done = join(dir.path, "done");
  mkdirSync(done);
  const script = join(import.meta.dirname, "../../support/take-lock.ts");
  const runs = Array.from({ length: 8 }, () =>
    spawn(process.execPath, ["--import=tsx", script, folder, inside, done], {
      stdio: ["ignore", "ignore", "pipe"],
    }),
  );
  const codes = await Promise.all(
    runs.map(async (run) => {
      const errors = run.stderr.toArray();
      await once(run, "close");
      assert.equal((await errors).join(""), "");
      return run.exitCode;
    }),
  );
  assert.deepEqual(
    codes,
    Array.from({ length: 8 }, () => 0),
  );
  const taken = readdirSync(done).reduce(
    (sum, name) => sum + Number(readFileSync(join(done, name), "utf8")),
    0,
  );
  assert.ok(taken >= 8, `taken ${taken} times`);
});

function put(content: unknown): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "lock"), typeof content === "string" ? content : JSON.stringify(content));
}
