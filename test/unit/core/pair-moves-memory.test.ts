/** What many renames cost in memory and time. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { test } from "node:test";

const RENAMES = 100_000;

/** As a plan comes: each action anew from a spool, never all of them in memory. */
const SCRIPT = `
  import { pairMoves } from ${JSON.stringify(resolve(import.meta.dirname, "../../../src/core/pair-moves.ts"))};
  const digits = (at) => String(at).padStart(6, "0");
  const alike = process.argv[1] === "alike";
  const hash = (at) => (alike ? "a" : digits(at)).padStart(32, "0");
  const name = (dir, at) => "a/directory/of/some/depth/" + dir + "/file-" + digits(at) + ".jpg";
  const actions = {
    *[Symbol.iterator]() {
      for (let at = 0; at < ${RENAMES}; at++) {
        const key = name("d", at);
        const remote = { key, size: 5, etag: hash(at), modifiedS: 1, archived: false };
        yield { verb: "delete-remote", rule: "R7", key, remote, size: 5 };
      }
      for (let at = 0; at < ${RENAMES}; at++) {
        const key = name("e", at);
        const local = { key, size: 5, mtimeMs: 1, ctimeMs: 1, ino: at };
        const content = { single: hash(at), multipart: hash(at) + "-1" };
        yield { verb: "upload", rule: "R11", key, local, replaces: undefined, content };
      }
    },
  };
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  let [moves, most, seen] = [0, 0, 0];
  const began = process.cpuUsage().user;
  for (const { verb } of pairMoves(actions)) {
    if (verb === "copy-remote") moves++;
    if (seen++ % ${RENAMES} === 0) {
      globalThis.gc();
      most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
  }
  console.log(JSON.stringify({ moves, most, ms: (process.cpuUsage().user - began) / 1000 }));
`;

for (const how of ["different", "alike"] as const) {
  test(`100,000 renames of contents that are ${how} are paired in less than 120 MB (MV2)`, (t) => {
    const args = ["--expose-gc", "--import=tsx", "--input-type=module", "--eval", SCRIPT, how];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    const { moves, most, ms } = JSON.parse(stdout) as Readonly<Record<"moves" | "most" | "ms", number>>;
    t.diagnostic(`${Math.round(most / 1e6)} MB, ${Math.round(ms)} ms`);
    assert.equal(moves, RENAMES);
    assert.ok(most < 120e6, `${Math.round(most / 1e6)} MB`);
    assert.ok(ms < 20_000, `${Math.round(ms)} ms`);
  });
}
