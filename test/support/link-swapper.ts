/**
 * An attacker in another process: `tsx link-swapper.ts DIRECTORY OUTSIDE MS` makes the directory a symlink to the
 * outside and a directory again, as fast as it can, and prints how often. It ends with the directory in its place.
 */

import { existsSync, renameSync, rmSync, symlinkSync } from "node:fs";

const [directory = "", outside = "", ms = "0"] = process.argv.slice(2);
const away = `${directory}-away`;
const end = performance.now() + Number(ms);
let swaps = 0;
while (performance.now() < end) {
  if (!existsSync(directory)) continue; // it was emptied, and will be made again
  try {
    renameSync(directory, away);
    symlinkSync(outside, directory);
    rmSync(directory);
    renameSync(away, directory);
    rest((++swaps * 7919) % 1000);
  } catch {
    putBack(); // somebody else was faster
  }
}
process.stdout.write(String(swaps));

/** The program may put something into its place at any moment. */
function putBack(): void {
  for (;;) {
    try {
      rmSync(directory, { recursive: true, force: true });
      if (existsSync(away)) renameSync(away, directory);
      return;
    } catch {}
  }
}

/** The directory is there long enough, at times, for a whole act. */
function rest(us: number): void {
  const until = performance.now() + us / 1000;
  while (performance.now() < until);
}
