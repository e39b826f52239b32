/** A module of the program as the build makes it, with its threads: a thread of Node 20 cannot be begun from TypeScript. */

import { join, parse, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "../../.build/bundle.ts";
import { tempDir } from "./temp-dir.ts";

export interface Bundled<T> extends Disposable {
  readonly module: T;
}

/** @param path below `src` */
export async function bundled<T>(path: string): Promise<Bundled<T>> {
  const { path: folder, remove } = tempDir("bundle");
  const entry = resolve(import.meta.dirname, "../../src", path);
  await bundle([entry], folder, { outExtension: { ".js": ".mjs" } });
  const address = pathToFileURL(join(folder, `${parse(path).name}.mjs`)).href;
  return { module: (await import(address)) as T, [Symbol.dispose]: remove };
}
