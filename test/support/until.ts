/** Waits for something that another process brings about. */

import { setTimeout as wait } from "node:timers/promises";

const EVERY_MS = 50;

/** @throws {Error} it does not come within `withinMs` */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end;) {
    if (await holds()) return;
    await wait(EVERY_MS);
  }
  throw new Error(`not within ${withinMs / 1000} s: ${what}`);
}
