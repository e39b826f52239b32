/** A scene in which every kind of change waits on both sides, behind a proxy that can do wrong; and what must have become of it. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { backupEntries } from "./backup-contents.ts";
import { type ChaosProxy, chaosProxy } from "./chaos-proxy.ts";
import { type Parts, synced } from "./scene.ts";
import { assertSettled, type Machine, newWorld, type Ran, type Remote } from "./world.ts";

export interface Stormy extends Parts {
  readonly chaos: ChaosProxy;
}

/** As `scene`, with a proxy that can do wrong. */
export function stormy(title: string, play: (parts: Stormy, t: TestContext) => Promise<void>): void {
  test(title, async (t) => {
    await using world = await newWorld();
    const chaos = await chaosProxy(world.server.endpoint);
    const machine = await world.machine(world.prefix, chaos);
    await machine.init();
    await play({ world, machine, chaos, L: machine.local, R: world.remote }, t);
  });
}

/** Kinds of requests that a run over these changes sends. */
export const SENT = ["ListObjectsV2", "HeadObject", "HeadBucket", "GetObject", "PutObject", "DeleteObject"];

/** Syncs, and then changes everything that can change, on both sides. */
export async function withChanges({ machine, L, R }: Parts): Promise<void> {
  await synced({ machine, L }, [
    "both",
    "edited here",
    "edited there",
    "gone here",
    "gone there",
    "k1",
    "k2",
  ]);
  L.write("both", "both, here", 5);
  await R.put("both", "both, there", 9);
  L.write("edited here", "edited, here");
  await R.put("edited there", "edited, there");
  L.remove("gone here");
  await R.remove("gone there");
  L.write("new/here", "new, here");
  await R.put("new/there", "new, there");
}

/** What both sides must hold in the end. */
export const IN_THE_END: Readonly<Record<string, string>> = {
  both: "both, there",
  "edited here": "edited, here",
  "edited there": "edited, there",
  k1: "k1",
  k2: "k2",
  "new/here": "new, here",
  "new/there": "new, there",
};

/** All has arrived, once; the one loser, and nothing else, is in the backup; nothing of ours lies about; and no run does more. */
export async function assertCameThrough(parts: Parts): Promise<void> {
  const { machine, L, R } = parts;
  assert.deepEqual(L.files(), IN_THE_END);
  assert.deepEqual([...new Set(await losersOf(machine))], ["both, here"]);
  assert.deepEqual(await openUploads(R), []);
  assertTidy(machine);
  await assertSettled(parts);
}

/** The bytes of every loser in the backup. */
export async function losersOf(machine: Machine): Promise<readonly string[]> {
  const entries = await backupEntries(machine);
  return entries.filter(({ name }) => name === "content").map(({ content }) => content);
}

/** Why each of them was kept. */
export async function reasonsOf(machine: Machine): Promise<readonly string[]> {
  const entries = await backupEntries(machine);
  return entries
    .filter(({ name }) => name === "manifest.json")
    .map(({ content }) => (JSON.parse(content) as { readonly reason: string }).reason);
}

/** Nothing in the companion folder that is of no use after a run which has settled everything. */
export function assertTidy(machine: Machine): void {
  assert.deepEqual(beside(machine, /^(?:lock|try|new|journal)\b/), [], "left in the companion folder");
}

/** Nothing in the companion folder that is in the way of the next run. What it must settle may be there. */
export function assertUnlocked(machine: Machine): void {
  assert.deepEqual(beside(machine, /^(?:lock|try|new)\b/), [], "left in the companion folder");
}

function beside({ stateFile }: Machine, names: RegExp): readonly string[] {
  return readdirSync(`${stateFile}.d`).filter((name) => names.test(name));
}

/** Keys of uploads in parts that were begun and neither completed nor aborted. */
export async function openUploads({ client, bucket, prefix }: Remote): Promise<readonly string[]> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return Uploads.map(({ Key = "" }) => Key).filter((key) => key.startsWith(`${prefix}/`));
}

/** Paths that a run with `--json` reports, the same on stdout and on stderr. */
export function reportedBy({ stdout, stderr }: Ran, root: string): readonly string[] {
  const lines = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { type: string; key: string; end: string; reported?: boolean });
  const told = lines.filter(({ type, end, reported }) => type === "outcome" && end !== "done" && reported);
  const named = stderr
    .split("\n")
    .filter((line) => line.startsWith(`s3-bsync: ${root}/`))
    .map((line) => line.slice(`s3-bsync: ${root}/`.length).split(": ")[0] ?? "");
  const keys = told.map(({ key }) => key).toSorted();
  assert.deepEqual(named.toSorted(), keys, `stderr names what stdout does: ${stderr}`);
  return keys;
}
