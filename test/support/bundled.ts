/** A module of the program as the build makes it, with its threads: a thread of Node 20 cannot be begun from TypeScript. */

import { join, parse, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { tempDir } from "./temp-dir.ts";

export interface Bundled<T> extends Disposable {
  readonly module: T;
}

/** @param path below `src` */
export async function bundled<T>(path: string): Promise<Bundled<T>> {
  const { path: folder, remove } = tempDir("bundle");
  await build({
    entryPoints: [resolve(import.meta.dirname, "../../src", path)],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    conditions: ["module"],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
    logLevel: "warning",
  });
  const address = pathToFileURL(join(folder, `${parse(path).name}.mjs`)).href;
  return { module: (await import(address)) as T, [Symbol.dispose]: remove };
}
