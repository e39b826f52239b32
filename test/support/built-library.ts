/** The built library, here and for programs that are compiled against its types. */

import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type * as library from "../../src/library.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const TSC = join(PROJECT, "node_modules/typescript/bin/tsc");

/** As its sources type it: what is built need not be there to compile the tests. */
export async function builtLibrary(): Promise<typeof library> {
  const path = join(PROJECT, "dist/library.js");
  return (await import(path)) as typeof library;
}

/** As strict as it goes, with no types but those of the language, the browser and the library itself. */
const CONFIG = {
  compilerOptions: {
    target: "ES2023",
    lib: ["ES2023", "DOM"],
    types: [],
    module: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
  },
  files: ["program.ts"],
};

/** @returns what the compiler says; "" where all is well. `program.js` is then in the folder */
export function compile(folder: string, program: string): string {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(PROJECT, join(folder, "node_modules/s3-bsync"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(CONFIG));
  writeFileSync(join(folder, "program.ts"), program);
  return spawnSync(process.execPath, [TSC, "-p", folder], { encoding: "utf8" }).stdout;
}
