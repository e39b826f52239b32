/**
 * Throws made-up input at one part of the program for a few seconds. Each input has a number; the run prints the
 * first one, a failure its own: `S3_BSYNC_SEED=N` begins with exactly that input. `S3_BSYNC_FUZZ_SECONDS` is for how
 * long each part is tried.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { drawing, LONG, SEED } from "./crash/long-mode.ts";

const MS = 1000 * (Number(process.env["S3_BSYNC_FUZZ_SECONDS"]) || (LONG ? 600 : 2));
/** So many times as long, on a machine that is busy, until everything has come that must. */
const PATIENCE = 10;
const MAX_GROWTH_KIB = 300 * 1024;

/** What an input is made with. */
export class Draw {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = drawing(seed);
  }

  /** From 0 to `end` - 1. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** Up to `max` of them. */
  some<T>(max: number, make: () => T): T[] {
    return Array.from({ length: this.below(max + 1) }, make);
  }

  bytes(max: number): Buffer {
    return Buffer.from(this.some(max, () => this.below(256)));
  }
}

export interface FuzzOptions {
  /** Processor time that one input may take. */
  readonly cpuMs?: number;
  /** What must have come at least once, or the input was too tame. */
  readonly met: readonly string[];
}

/** @param one makes an input, asserts on what is made of it, and says in a word what that was */
export function fuzz(
  title: string,
  { cpuMs = 1000, met }: FuzzOptions,
  one: (draw: Draw) => string | Promise<string>,
): void {
  test(title, async (t) => {
    t.diagnostic(`S3_BSYNC_SEED=${SEED}`);
    const counts = new Map<string, number>();
    const before = process.resourceUsage().maxRSS;
    const begin = performance.now();
    const wanted = (): boolean => met.some((what) => !counts.has(what));
    for (let seed = SEED; performance.now() - begin < (wanted() ? PATIENCE : 1) * MS; seed++) {
      try {
        const spent = process.cpuUsage();
        const what = await one(new Draw(seed));
        const { user, system } = process.cpuUsage(spent);
        assert.ok((user + system) / 1000 <= cpuMs, `an input took ${(user + system) / 1000} ms`);
        counts.set(what, (counts.get(what) ?? 0) + 1);
      } catch (error) {
        throw new Error(`with S3_BSYNC_SEED=${seed}: ${(error as Error).stack}`, { cause: error });
      }
    }
    t.diagnostic([...counts].map(([what, count]) => `${what} ${count}`).join(", "));
    for (const what of met) assert.ok(counts.has(what), `no input came that was ${what}`);
    assert.ok(process.resourceUsage().maxRSS - before < MAX_GROWTH_KIB, "it grew without bound");
  });
}

/** The same bytes with a few things done to them. */
export function mutated(bytes: Uint8Array, other: Uint8Array, draw: Draw): Buffer {
  let made: Buffer = Buffer.from(bytes);
  for (let times = 1 + draw.below(3); times > 0; times--) {
    const at = draw.below(made.length + 1);
    const to = Math.min(made.length, at + draw.below(40));
    const part = other.subarray(draw.below(other.length + 1));
    made = draw.of([
      () => made.subarray(0, at),
      () => Buffer.concat([made.subarray(0, at), part]),
      () => Buffer.concat([made.subarray(0, to), made.subarray(at)]),
      () => Buffer.concat([made.subarray(0, at), made.subarray(to)]),
      () => Buffer.concat([made.subarray(0, at), draw.bytes(12), made.subarray(to)]),
      () =>
        Buffer.concat([
          made.subarray(0, at),
          Buffer.alloc(draw.below(9000), draw.below(256)),
          made.subarray(to),
        ]),
      () => changedAt(made, at, () => draw.below(256)),
      () => changedAt(made, at, (byte) => byte ^ (1 << draw.below(8))),
    ])();
  }
  return made;
}

function changedAt(bytes: Buffer, at: number, change: (byte: number) => number): Buffer {
  const made = Buffer.from(bytes);
  if (at < made.length) made[at] = change(made[at] ?? 0);
  return made;
}

const HOSTILE: readonly unknown[] = [
  -1,
  0.5,
  1e308,
  2 ** 53,
  -(2 ** 53),
  "",
  "__proto__",
  "constructor",
  "a\0b",
  "\ud800",
  "\u001b[31m",
  "../x",
  "x".repeat(5000),
  null,
  true,
  [],
  {},
  [[[[]]]],
];

/** The same plain value with a few of its fields changed, taken away, or put elsewhere, as text. */
export function mutatedJson(value: unknown, draw: Draw): string {
  const deep = (depth: number): string => '{"a":['.repeat(depth) + "]}".repeat(depth);
  const text = JSON.stringify(value, (_, each: unknown): unknown => {
    if (draw.below(12) > 0) return each;
    return draw.of([
      () => structuredClone(draw.of(HOSTILE)), // the same one inside of itself would be a circle
      () => [each, each],
      () => undefined,
      () => ({ ...Object(each), extra: each }),
    ])();
  });
  return draw.of([
    () => text ?? "",
    () => text ?? "",
    () =>
      (text ?? "").replace(
        "{",
        () => `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},`,
      ),
    () => (text ?? "").replace(/:\d+/, () => draw.of([":1e400", ":1e-400", ":9007199254740993", ":NaN"])),
    () => deep(draw.of([10, 1000, 10_000])),
    () => (text ?? "").slice(0, draw.below((text ?? "").length + 1)),
  ])();
}

/** No input may change what every object has. */
export function assertUnpolluted(): void {
  assert.equal(Reflect.get({}, "polluted"), undefined);
}
