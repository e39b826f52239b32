/**
 * Runs the tests on one S3 server and ends with the line `N passed, N failed`.
 *
 *     tsx test/support/run-tests.ts [PART OF A PATH]...
 */

import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, sep } from "node:path";

import { bundleTests } from "./bundle-tests.ts";
import { BUCKET, startServer, type S3Server } from "./s3-server.ts";
import { tempDir } from "./temp-dir.ts";

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A file of tests that hangs fails after that time; the long mode may take days. */
const TIMEOUT_MS = process.env["S3_BSYNC_LONG"] === "1" ? 2 ** 31 - 1 : 1_200_000;

/** `npm run mutants` runs these. */
const APART = join("test", "mutants");

const files = testFiles(process.argv.slice(2));
if (files.length === 0) {
  console.error(`no file of tests matches ${process.argv.slice(2).join(" ")}`);
  process.exitCode = 1;
} else {
  using built = await bundleTests(files);
  await using server = await startServer();
  await server.bucket(BUCKET); // here, for SeaweedFS answers 404 to some who make one at the same time
  using home = tempDir("home");
  const counts = { passed: 0, failed: 0, skipped: 0 };
  // What fills the machine comes last, and is in the way of nothing that looks at the clock. The runner itself sorts by name.
  for (const isLate of [false, true]) {
    const some = built.paths.filter((path) => path.includes(join("test", "crash")) === isLate);
    if (some.length === 0) continue;
    const { passed, failed, skipped } = await run(some, isLate ? 2 : 3, server, home.path);
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += skipped;
  }
  console.log(summary(counts));
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

function testFiles(parts: readonly string[]): readonly string[] {
  return readdirSync("test", { recursive: true, encoding: "utf8" })
    .map((file) => join("test", file))
    .filter((file) => file.endsWith(".test.ts"))
    .filter((file) =>
      parts.length === 0
        ? !file.startsWith(APART)
        : parts.some((part) => file.split(sep).join("/").includes(part)),
    );
}

/** @param atOnce files; of two, one waits for its server or for a clock half of its time */
async function run(
  tests: readonly string[],
  atOnce: number,
  server: S3Server,
  home: string,
): Promise<Counts> {
  const report = join(home, "report.tap");
  const child = spawn(
    process.execPath,
    [
      "--enable-source-maps",
      "--test",
      `--test-concurrency=${atOnce}`,
      `--test-timeout=${TIMEOUT_MS}`,
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=tap",
      `--test-reporter-destination=${report}`,
      ...tests,
    ],
    { stdio: ["ignore", "inherit", "inherit"], env: environment(server, home) },
  );
  const exit = await new Promise<number | null>((resolve) => child.once("close", resolve));

  const counts = countsOf(readFileSync(report, "utf8"));
  // A runner that breaks off counts for one failure.
  return exit !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Neither the user's credentials nor the user's state file are within a test's reach. */
function environment(server: S3Server, home: string): NodeJS.ProcessEnv {
  const foreign = /^(AWS_|S3_BSYNC_|XDG_)/;
  const ours = ["S3_BSYNC_TEST_PROGRAM", "S3_BSYNC_LONG", "S3_BSYNC_SEED", "S3_BSYNC_HISTORIES"];
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name) || ours.includes(name));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
    S3_BSYNC_TEST_ENDPOINT: server.endpoint,
    S3_BSYNC_TEST_KIND: server.kind,
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    AWS_REGION: server.region,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** From the last lines of the report, such as `# pass 12`. */
function countsOf(report: string): Counts {
  const count = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(report)?.[1] ?? 0);
  return {
    passed: count("pass"),
    failed: count("fail") + count("cancelled"),
    skipped: count("skipped") + count("todo"),
  };
}

function summary({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}
