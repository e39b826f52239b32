/**
 * A user's editor in another process: `tsx busy-editor.ts FILE rename|in-place SAVES` saves the file again and
 * again, each time as another version, and prints how many of its versions were taken away, as a JSON array.
 */

import { readFileSync, renameSync, writeFileSync } from "node:fs";

const [file = "", how = "", saves = "0"] = process.argv.slice(2);
const taken: string[] = [];
let last: string | undefined;
for (let save = 1; save <= Number(saves); save++) {
  if (last !== undefined && content() !== last) taken.push(last);
  last = `version ${save} of the user`;
  if (how === "rename") {
    writeFileSync(`${file}.editor`, last);
    renameSync(`${file}.editor`, file);
  } else writeFileSync(file, last);
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
