/** Scenes of the scenarios: how they begin, and what they find where nothing may be done. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test, type TestContext } from "node:test";
import type { S3Server } from "./s3-server.ts";
import { type Local, type Machine, type Ran, type Remote, scenario, type World } from "./world.ts";

export interface Parts {
  readonly world: World;
  readonly machine: Machine;
  readonly L: Local;
  readonly R: Remote;
}

export function scene(
  title: string,
  play: (parts: Parts, t: TestContext) => Promise<void>,
  server?: () => S3Server,
): void {
  test(title, (t) => scenario((parts) => play(parts, t), server?.()));
}

/** f=A, beside two files that keep the guards quiet. */
export const F_IS_A: Readonly<Record<string, string>> = { f: "A", "k/1": "one", "k/2": "two" };

/** @returns a way to play scenes that start from these files in sync */
export function startingFrom(files: Readonly<Record<string, string>>): typeof scene {
  return (title, play, server) =>
    scene(
      title,
      async (parts, t) => {
        for (const [name, content] of Object.entries(files)) parts.L.write(name, content, 1);
        await parts.machine.sync();
        await play(parts, t);
      },
      server,
    );
}

/** Puts these into sync, in files of their own names. */
export async function synced(
  { machine, L }: Pick<Parts, "machine" | "L">,
  names: readonly string[],
): Promise<void> {
  for (const name of names) L.write(name, name, 1);
  await machine.sync();
}

export function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `f${String(index).padStart(2, "0")}`);
}

/** Runs, and finds both sides and the state file as they were, byte for byte. */
export async function assertNothingDone({ machine, L, R }: Parts): Promise<Ran> {
  const [here, there, state] = [L.files(), await R.files(), readFileSync(machine.stateFile)];
  const ran = await machine.run();
  assert.deepEqual(L.files(), here, "the directory is as it was");
  assert.deepEqual(await R.files(), there, "the prefix is as it was");
  assert.deepEqual(readFileSync(machine.stateFile), state, "the state file is as it was");
  assert.equal(ran.stdout, "");
  return ran;
}

/** One line that says what, one that says what to do. */
export function assertRefused({ code, stderr }: Ran, exitCode: number, ...said: readonly RegExp[]): void {
  assert.equal(code, exitCode, stderr);
  assert.match(stderr, /^s3-bsync: [^\n]+\n {2}hint: [^\n]+\n$/);
  for (const each of said) assert.match(stderr, each);
}
