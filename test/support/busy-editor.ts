/**
 * A user's editor in another process: `tsx busy-editor.ts FILE HOW SAVES` saves again and again, each time another
 * version, and prints which of them were taken away before the next, as a JSON array. HOW is "rename" or "in-place".
 */

import { readFileSync, renameSync, writeFileSync } from "node:fs";

const [file = "", how = "", saves = "0"] = process.argv.slice(2);
const taken: string[] = [];
let last: string | undefined;
for (let save = 1; save <= Number(saves); save++) {
  if (last !== undefined && content() !== last) taken.push(last);
  const version = `version ${save} of the user`;
  if (how === "in-place") writeFileSync(file, version);
  else {
    writeFileSync(`${file}.editor`, version);
    renameSync(`${file}.editor`, file);
  }
  last = version;
  rest((save * 7919) % 2000);
}
process.stdout.write(JSON.stringify(taken));

function content(): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // taken away
  }
}

/** Saves come at no rhythm that the other side could fall into. */
function rest(us: number): void {
  const end = performance.now() + us / 1000;
  while (performance.now() < end);
}
