/**
 * The tests are tested: a bug that none of them notices fails here. Run by `npm run mutants`, which takes minutes;
 * `S3_BSYNC_MUTANT=` a part of a bug tries one.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { inOrder } from "../../src/core/in-order.ts";
import { HISTORY_MUTANTS } from "./history-mutants.ts";
import { type Mutant, MUTANTS } from "./mutants.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const AT_ONCE = Math.max(1, Math.min(4, availableParallelism()));
/** A bug that makes a test hang is noticed too. */
const PATIENCE_MS = 120_000;
/** In which a file of tests that has failed may clear up. */
const GRACE_MS = 2_000;

/** Always the same ones, and none is made shorter: that one of them fails is all that is asked. */
const HISTORIES = { S3_BSYNC_HISTORIES: "12000", S3_BSYNC_SEED: "20260101", S3_BSYNC_SHRINK: "no" };

const SAME_EXAMPLES = pathToFileURL(join(ROOT, "test/mutants/same-examples.ts")).href;

/** Copies of the source, each used by one mutant at a time. */
const free: string[] = [];
after(() => {
  for (const copy of free) rmSync(copy, { recursive: true, force: true });
});

const wanted = process.env["S3_BSYNC_MUTANT"] ?? "";
const chosen = [...MUTANTS, ...HISTORY_MUTANTS].filter(({ bug }) => bug.includes(wanted));

describe("without a bug nothing is noticed:", { concurrency: AT_ONCE }, () => {
  for (const tests of new Set(wanted === "" ? HISTORY_MUTANTS.flatMap(({ noticedBy }) => noticedBy) : []))
    test(tests, async () => assert.equal(await fails(ROOT, tests), false));
});

describe("a bug is noticed:", { concurrency: AT_ONCE }, () => {
  for (const mutant of chosen) {
    test(mutant.bug, async () => {
      const copy = free.pop() ?? copyOfSource();
      try {
        assert.ok(await isNoticed(copy, mutant), `no test notices that ${mutant.bug}`);
      } finally {
        free.push(copy);
      }
    });
  }
});

async function isNoticed(copy: string, { file, find, replace, noticedBy }: Mutant): Promise<boolean> {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  assert.equal(source.split(find).length - 1, 1, `${file} holds this once: ${find}`);
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    for await (const failed of inOrder(noticedBy, (tests) => fails(copy, tests), {
      concurrency: 1,
      window: 1,
    }))
      if (failed) return true;
    return false;
  } finally {
    writeFileSync(path, source);
  }
}

/** Whether a file of tests fails in the copy: the first failure is enough. */
function fails(copy: string, tests: string): Promise<boolean> {
  const child = spawn(
    process.execPath,
    ["--import=tsx", `--import=${SAME_EXAMPLES}`, "--test-reporter=tap", tests],
    {
      cwd: copy,
      stdio: ["ignore", "pipe", "ignore"],
      timeout: PATIENCE_MS,
      env: { ...process.env, ...HISTORIES, NODE_TEST_CONTEXT: undefined },
    },
  );
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (!/^ *not ok/m.test(text)) return;
    child.kill(); // a server of its own ends with it
    setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
  });
  return new Promise((done, failed) => {
    child.once("error", failed);
    child.once("close", (code) => done(code !== 0));
  });
}

function copyOfSource(): string {
  const copy = mkdtempSync(join(tmpdir(), "s3-bsync-mutant-"));
  for (const name of ["src", "test", "spec"]) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  for (const name of ["package.json", "tsconfig.json"]) cpSync(join(ROOT, name), join(copy, name));
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  return copy;
}
