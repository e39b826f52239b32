/** Where a run can be cut off: before each system call that changes something. */

import { type Call, labelled } from "./calls.ts";
import type { CrashWorld } from "./crash-world.ts";
import { type Command, type Thread, watched, type Watched } from "./strace.ts";

export interface Point extends Call {
  readonly thread: Exclude<Thread, "all">;
  /** What the call does. */
  readonly what: string;
  /** The how manieth of these in its thread, from 1. */
  readonly count: number;
}

const THREADS = ["main", "pool"] as const;

/** All that a run has; each thread is watched in a run of its own. @param before each of the two */
export async function pointsOf(
  world: CrashWorld,
  before = async (): Promise<void> => world.rewind(),
): Promise<readonly Point[]> {
  const points: Point[] = [];
  for (const thread of THREADS) {
    await before();
    points.push(...pointsIn(await watched(world.command(), thread), thread));
    await world.settled();
  }
  return points;
}

function pointsIn({ calls }: Watched, thread: Point["thread"]): readonly Point[] {
  return labelled(calls).map((call) => ({ ...call, thread }));
}

export interface Killed {
  /** The call that never was; undefined: one that changes nothing. */
  readonly at: Point | undefined;
  /** It and those before it in its thread. */
  readonly seen: readonly Point[];
}

/** @returns undefined: this time the run had no such call, and came to its end */
export async function killedAt(command: Command, point: Point): Promise<Killed | undefined> {
  const { thread, name, nth } = point;
  const run = await watched(command, { thread, call: name, does: `signal=SIGKILL:when=${nth}` });
  const seen = pointsIn(run, thread);
  const at = run.calls.at(-1)?.target === undefined ? undefined : seen.at(-1);
  if (run.signal === "SIGKILL") return { seen, at };
  if (run.code === 0 && run.stderr === "") return undefined;
  throw new Error(`not killed, but ended with ${run.code ?? run.signal}: ${run.stderr}`);
}

export function idOf({ thread, what, count }: Point): string {
  return `${thread} ${what} #${count}`;
}

/** What it does without the number: points of one kind. */
export function kindOf({ thread, what }: Point): string {
  return `${thread} ${what}`;
}
