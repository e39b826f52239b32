/**
 * Tests as the runner takes them: made into JavaScript once. To do so in the process of each would take a tenth of
 * the whole run.
 */

import { readFile } from "node:fs/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { bundle } from "../../.build/bundle.ts";

/** Where packages are found, and nobody looks. */
const PLACE = join("node_modules", ".s3-bsync-tests-");

export interface BundledTests extends Disposable {
  /** In the order of the files. */
  readonly paths: readonly string[];
}

/** @param files below the working directory, which is the project's */
export async function bundleTests(files: readonly string[]): Promise<BundledTests> {
  const folder = mkdtempSync(PLACE);
  await bundle(files, folder, {
    outbase: ".",
    outExtension: { ".js": ".mjs" },
    external: ["esbuild"],
    sourcemap: true,
    minifySyntax: false,
    minifyWhitespace: false,
    plugins: [WHERE_IT_WAS],
  });
  return {
    paths: files.map((file) => join(folder, file.replace(/\.ts$/, ".mjs"))),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** A test finds what lies beside it. The product lies where it was built to. */
const WHERE_IT_WAS: Plugin = {
  name: "where it was",
  setup(build) {
    const tests = join(process.cwd(), "test", sep);
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(tests)) return undefined;
      const contents = (await readFile(path, "utf8"))
        .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)))
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path)));
      return { contents, loader: "ts" };
    });
  },
};
