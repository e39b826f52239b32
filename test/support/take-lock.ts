/** A process of the lock test: `tsx take-lock.ts FOLDER INSIDE DONE` takes the lock again and again for a second. */

import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { LockedError } from "../../src/model/errors.ts";
import { takeLock } from "../../src/state/lock.ts";

const [folder = "", inside = "", done = ""] = process.argv.slice(2);
const end = Date.now() + 1000;
let taken = 0;
// Whoever comes late takes it once all the same.
while (Date.now() < end || taken === 0) {
  try {
    const lock = takeLock(folder, { pid: process.pid, hostname: hostname() });
    closeSync(openSync(inside, "wx")); // throws if anybody else is inside
    rmSync(inside);
    lock.release();
    if (++taken % 2 === 0) leaveGarbage();
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
  }
}
writeFileSync(join(done, String(process.pid)), String(taken));

/** So that a stale lock is there to be taken over as often as not. */
function leaveGarbage(): void {
  try {
    writeFileSync(join(folder, "lock"), "garbage", { flag: "wx" });
  } catch {
    // Somebody else was faster.
  }
}
