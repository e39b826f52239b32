/** What kind of directory the root of a map is, found without writing. */

import { accessSync, constants, opendirSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorCode, errorWords } from "../core/error-words.ts";
import type { RootFacts } from "../model/examination.ts";
import { foldsNames } from "./folds-names.ts";

const { R_OK, W_OK, X_OK } = constants;

/** Entries whose times are looked at. */
const SAMPLE = 64;
/** Of file systems in use, coarsest first, in ns. */
const STEPS_NS = [2_000_000_000n, 1_000_000_000n, 10_000_000n, 1_000_000n, 1_000n, 100n] as const;

/** @returns undefined: there is no such directory */
export function examineRoot(root: string): RootFacts | undefined {
  const seen = statSync(root, { throwIfNoEntry: false });
  if (seen?.isDirectory() !== true) return undefined;
  return {
    unreadable: whyNot(root, R_OK | X_OK),
    unwritable: whyNot(root, W_OK | X_OK),
    stepNs: Number(finestStep(timesIn(root))),
    foldsNames: foldsNames(root),
  };
}

function whyNot(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return errorWords(errorCode(error) ?? String(error));
  }
}

/** The kernel sets the time of the last change itself: no program makes it rounder than it was. */
function timesIn(root: string): readonly bigint[] {
  const times: bigint[] = [];
  const take = (path: string): void => {
    const seen = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (seen !== undefined) times.push(seen.ctimeNs, seen.mtimeNs);
  };
  take(root);
  try {
    const entries = opendirSync(root);
    try {
      for (let count = 0; count < SAMPLE; count++) {
        const entry = entries.readSync();
        if (entry === null) break;
        take(join(root, entry.name));
      }
    } finally {
      entries.closeSync();
    }
  } catch {
    // What cannot be read tells nothing of times; that it cannot is told elsewhere.
  }
  return times;
}

function finestStep(times: readonly bigint[]): bigint {
  return STEPS_NS.find((step) => times.every((time) => time % step === 0n)) ?? 1n;
}
