/** What must hold after a run was cut off, and after the runs that follow it. */

import assert from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { backupEntries } from "../backup-contents.ts";
import { md5 } from "../content.ts";
import { snapshotOf } from "../stand-still.ts";
import type { LogEntry } from "../strict-server/fault-rules.ts";
import type { Scene } from "./busy-scene.ts";
import type { CrashWorld } from "./crash-world.ts";

/** Names of files that are set aside; no user has one. */
const OURS = /(?:^|\/)\.s3-bsync-[0-9a-f]{32}$/;
/** All that may lie in the companion folder between runs. */
const BELONGS = ["backup-days.json", "backups", "endpoints.json", "last-end.json", "pairs.json", "previous"];
const READS = ["ListObjectsV2", "HeadObject", "HeadBucket", "GetObject"];

/** Right after the end of a run, however it came: nothing is torn, and nothing is lost. */
export async function assertWhole(world: CrashWorld, scene: Scene): Promise<void> {
  const here = visible(world);
  const there = world.objects();
  for (const [side, files] of Object.entries({ here, there })) {
    for (const [path, content] of Object.entries(files)) {
      assert.ok(scene.versions[path]?.includes(content), `${path} ${side} is no version of it`);
    }
  }
  const alive = new Set([...Object.values(here), ...Object.values(there)]);
  for (const loser of Object.values(scene.losers)) {
    if (!alive.has(loser)) assert.ok((await losersIn(world)).includes(loser), "a loser is nowhere");
  }
  for (const content of scene.kept) assert.ok(alive.has(content), `lost: ${content.slice(0, 40)}`);
}

/** A dry run, a run, and one more: the first changes nothing, the second ends it all, the third only lists. */
export async function assertRecovers(world: CrashWorld, scene: Scene): Promise<void> {
  await assertDryRunIsPure(world);
  const before = { here: visible(world), there: world.objects() };
  const log = await world.logOf(() => world.sync());
  assertNothingSentTwice(log, before, scene);
  await assertConverged(world, scene, scene.final);
}

/**
 * As `assertRecovers`, but the users do not wait for the next run. A kill between the two steps that give a file its
 * name leaves it with two; when one of them goes, what was to replace the file under the other waits for one run more.
 */
export async function assertRecoversFromEdits(world: CrashWorld, scene: Scene): Promise<void> {
  const twins = withTwoNames(world);
  scene.goOn(world);
  const { code, stderr } = await world.run();
  const waits = twins.map((path) => `s3-bsync: ${path}: download: the file changed during the run\n`);
  assert.ok(code === 0 || (code === 3 && waits.includes(stderr)), stderr);
  if (code === 3) await world.sync();
  await assertConverged(world, scene, scene.finalAfterGoingOn);
}

/**
 * Where the records are lost, or those of another time: a union, in which what was deleted may be back, and every
 * difference may be a conflict. Where the journal is lost too, nobody knows the hidden files any more.
 */
export async function assertMerges(
  world: CrashWorld,
  { kept, losers }: Scene,
  { journalIsLost = false } = {},
): Promise<void> {
  await world.sync();
  const here = visible(world);
  assert.deepEqual(sorted(here), sorted(world.objects()), "both sides hold the same");
  const alive = new Set([...Object.values(here), ...(await losersIn(world))]);
  for (const content of [...kept, ...Object.values(losers)]) {
    assert.ok(alive.has(content), `lost: ${content.slice(0, 40)}`);
  }
  if (!journalIsLost) assertNothingLies(world);
  await assertIdle(world);
}

function withTwoNames({ local }: CrashWorld): readonly string[] {
  const paths = Object.keys(local.files()).map((name) => local.path(name));
  return paths.filter((path) => lstatSync(path).nlink > 1);
}

/** Both sides hold this, and nothing else. */
export function assertBothHold(world: CrashWorld, final: Readonly<Record<string, string>>): void {
  assert.deepEqual(sorted(world.local.files()), sorted(final), "what lies here, with nothing of ours");
  assert.deepEqual(sorted(world.objects()), sorted(final), "what lies there");
}

async function assertConverged(
  world: CrashWorld,
  scene: Scene,
  final: Readonly<Record<string, string>>,
): Promise<void> {
  assertBothHold(world, final);
  assert.deepEqual(
    Object.keys(world.records()).toSorted(),
    Object.keys(final).toSorted(),
    "the state is that set",
  );
  assertNothingLies(world);
  const kept = new Set(await losersIn(world));
  assert.deepEqual([...kept].toSorted(), Object.values(scene.losers).toSorted(), "the backup");

  await assertIdle(world);
}

/** One more run only lists. */
async function assertIdle(world: CrashWorld): Promise<void> {
  const state = steadyState(world);
  const log = await world.logOf(() => world.sync());
  assert.deepEqual([...new Set(log.map(({ operation }) => operation))], ["ListObjectsV2"], "the run after");
  assert.equal(steadyState(world), state, "the run after leaves the state as it is");
}

/** Files of ours that no user sees. */
export function setAside({ local }: CrashWorld): readonly string[] {
  return Object.keys(local.files()).filter((path) => OURS.test(path));
}

/** A run that ended in order leaves no lock, no journal, no file of its own and no open upload. */
export function assertNothingLies(world: CrashWorld): void {
  assert.deepEqual(setAside(world), [], "set aside");
  const left = readdirSync(world.companion).filter((name) => !BELONGS.includes(name));
  assert.deepEqual(left, [], "left in the companion folder");
  assert.equal(world.bucket.uploads.size, 0, "uploads that never end");
}

async function assertDryRunIsPure(world: CrashWorld): Promise<void> {
  const seen = (): unknown => ({ files: snapshotOf(world.home), objects: world.objects() });
  const before = seen();
  const log = await world.logOf(async () => {
    const { code, stderr } = await world.run("--dryrun");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, "a dry run");
  });
  assert.deepEqual(
    log.map(({ operation }) => operation).filter((operation) => !READS.includes(operation)),
    [],
    "a dry run only reads",
  );
  assert.deepEqual(seen(), before, "a dry run changes nothing");
}

/** Content that has arrived does not travel again. */
function assertNothingSentTwice(
  log: readonly LogEntry[],
  { here, there }: Sides,
  { final, losers }: Scene,
): void {
  for (const { operation, key } of log) {
    if (operation === "PutObject") {
      assert.ok(key in final, `${key} is back`);
      assert.notEqual(there[key], final[key], `${key} is uploaded again`);
    }
    // The two versions of a conflict are read to be compared.
    if (operation === "GetObject" && !(key in losers)) {
      assert.notEqual(here[key], final[key], `${key} is downloaded again`);
    }
  }
}

interface Sides {
  readonly here: Readonly<Record<string, string>>;
  readonly there: Readonly<Record<string, string>>;
}

/** Files but those that are set aside. */
function visible(world: CrashWorld): Record<string, string> {
  return Object.fromEntries(Object.entries(world.local.files()).filter(([path]) => !OURS.test(path)));
}

async function losersIn(world: CrashWorld): Promise<readonly string[]> {
  return (await backupEntries(world)).filter(({ name }) => name === "content").map(({ content }) => content);
}

/** All of it but the last-synced time. */
function steadyState({ stateFile }: CrashWorld): string {
  return readFileSync(stateFile).fill(0, 6, 14).toString("hex");
}

/** What fits into a message, and differs where the contents do. */
function sorted(files: Readonly<Record<string, string>>): readonly string[] {
  const line = ([path, content]: readonly [string, string]): string =>
    `${path}: ${content.slice(0, 60)} (${md5(Buffer.from(content, "latin1"))})`;
  return Object.entries(files).map(line).toSorted();
}
