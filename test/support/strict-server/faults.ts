/** Which request is hit by which fault. */

import { textOfBytes } from "./byte-text.ts";
import type { Effect, FaultRule } from "./fault-rules.ts";
import type { S3Request } from "./s3-request.ts";

interface Armed {
  readonly rule: FaultRule;
  matches: number;
}

export class Faults {
  #armed: Armed[] = [];
  #releases: (() => void)[] = [];
  #watchers: (() => void)[] = [];

  add(rules: readonly FaultRule[]): void {
    this.#armed.push(...rules.map((rule) => ({ rule, matches: 0 })));
  }

  /** Forgets all rules; what is held goes on. */
  clear(): void {
    this.#armed = [];
    this.release();
  }

  /** Every rule that matches counts this request; the first that is due hits it. */
  hit(request: S3Request): Effect | undefined {
    const due = this.#armed.filter((armed) => {
      if (!matches(armed.rule, request)) return false;
      armed.matches += 1;
      return isDue(armed);
    });
    return due[0]?.rule.effect;
  }

  /** Resolves at the next release. */
  held(): Promise<void> {
    for (const watch of this.#watchers.splice(0)) watch();
    return new Promise((resolve) => this.#releases.push(resolve));
  }

  /** Resolves as soon as a request is held. */
  untilHeld(): Promise<void> {
    if (this.#releases.length > 0) return Promise.resolve();
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  release(): void {
    for (const resume of this.#releases.splice(0)) resume();
  }
}

function matches(rule: FaultRule, request: S3Request): boolean {
  return (
    (rule.operation === undefined || rule.operation === request.operation) &&
    (rule.bucket === undefined || rule.bucket === request.bucket) &&
    (rule.key === undefined || rule.key === textOfBytes(request.key)) &&
    (rule.partNumber === undefined || `${rule.partNumber}` === request.query.get("partNumber"))
  );
}

function isDue({ rule, matches: count }: Armed): boolean {
  const first = rule.nth ?? 1;
  const times = rule.times ?? 1;
  return count >= first && (times === "always" || count < first + times);
}
