/** Runs after which nothing may have changed. */

import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { operationOf } from "./recording-proxy.ts";
import type { Local, Machine, Ran, Remote } from "./world.ts";

interface Parts {
  readonly machine: Machine;
  readonly L: Local;
  readonly R: Remote;
}

const READS = ["ListObjectsV2", "HeadObject", "HeadBucket", "GetObject"];

/** A run that stops: neither side nor one byte of the state file changes, and nothing but LIST, HEAD and GET is sent. */
export function unchangedBy(parts: Parts, run: () => Promise<Ran>): Promise<Ran> {
  return comparing(parts, run, (state) => state.toString("hex"));
}

/** A run that comes to its end and finds nothing that it can do: as `unchangedBy`, but for the last-synced time. */
export function idleIn(parts: Parts, run: () => Promise<Ran>): Promise<Ran> {
  return comparing(parts, run, (state) => state.fill(0, SYNCED_MS, SYNCED_MS + 8).toString("hex"));
}

/** Where the last-synced time stands in the state file. */
const SYNCED_MS = 6;

async function comparing(
  { machine, L, R }: Parts,
  run: () => Promise<Ran>,
  stateText: (state: Buffer) => string,
): Promise<Ran> {
  const seen = async (): Promise<unknown> => ({
    local: existsSync(L.root) ? snapshotOf(L.root) : "missing",
    remote: await R.files(),
    state: stateText(readFileSync(machine.stateFile)),
  });
  const before = await seen();
  machine.proxy.log.length = 0;
  const ran = await run();
  assertOnlyRead(machine);
  assert.deepEqual(await seen(), before, "what was there before the run");
  return ran;
}

/** Nothing but LIST, HEAD and GET stands in the log of the proxy. */
export function assertOnlyRead({ proxy }: Machine): void {
  const wrote = proxy.log.map(operationOf).filter((operation) => !READS.includes(operation));
  assert.deepEqual(wrote, [], "requests that may change something");
}

/** Everything below a directory, by name: kind and mode, inode, time, content. Symlinks are not followed. */
export function snapshotOf(dir: string): Record<string, string> {
  const all: Record<string, string> = {};
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode, ino, mtimeNs } = lstatSync(path, { bigint: true });
    const content = entry.isFile() ? readFileSync(path, "latin1") : "";
    all[path.slice(dir.length + 1)] = [mode.toString(8), ino, mtimeNs, content].join(" ");
  }
  return all;
}
