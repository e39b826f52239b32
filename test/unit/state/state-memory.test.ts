/** Memory does not grow with the number of objects. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { buildSync } from "esbuild";
import { StateWriter } from "../../../src/codec/state-writer.ts";
import { directoryMap } from "../../support/state-bytes.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";

const LIMIT_KIB = 30 * 1024;

suite("a million objects take at most 30 MiB more than a thousand", () => {
  let dir: TempDir;
  before(() => {
    dir = tempDir("memory");
    buildSync({
      entryPoints: [join(import.meta.dirname, "../../support/stream-state.ts")],
      outfile: join(dir.path, "stream-state.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
    });
    for (const objects of [1000, 1_000_000]) write(join(dir.path, String(objects)), objects);
  });
  after(() => dir.remove());

  const peakKib = (work: string, objects: number): number => {
    const script = join(dir.path, "stream-state.mjs");
    const args = [script, work, join(dir.path, String(objects)), String(objects)];
    return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
  };

  const works = [
    ["read", "to be checked and read"],
    ["splice", "to be copied, with one edit among them"],
    ["anew", "to be read, each replaced by a new record"],
  ] as const;
  for (const [work, title] of works) {
    test(`SF9 ${title}`, () => {
      const [few, many] = [peakKib(work, 1000), peakKib(work, 1_000_000)];
      assert.ok(few > 0 && many - few <= LIMIT_KIB, `${few} KiB for a thousand, ${many} KiB for a million`);
    });
  }
});

function write(path: string, objects: number): void {
  const fd = openSync(path, "w");
  const out = new StateWriter((bytes) => writeSync(fd, bytes));
  const map = directoryMap({ prefix: "" });
  out.header(1, 0);
  out.bucket(map.bucket);
  out.map(map);
  const md5 = { size: 1, mtimeMs: 1_700_000_000_000, etag: "ffeeddccbbaa99887766554433221100" };
  const parts = { ...md5, etag: "ffeeddccbbaa99887766554433221100-2" };
  for (let i = 0; i < objects; i++) out.record(`${10_000_000 + i}`, i % 50 === 0 ? parts : md5);
  out.bucketEnd();
  out.flush();
  closeSync(fd);
}
