/** How modules are made into what runs: everything that is needed, and nothing that is not in it or in Node. */

import { build, type BuildOptions, type BuildResult, type Metafile } from "esbuild";

const OPTIONS = {
  bundle: true,
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  conditions: ["module"],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none", // they stand in one file: notices.ts
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Modules that load each other when they are needed. */
export function bundle(
  entryPoints: readonly string[],
  outdir: string,
  options: BuildOptions = {},
): Promise<BuildResult & { readonly metafile: Metafile }> {
  return build({
    ...OPTIONS,
    splitting: true,
    format: "esm",
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
    ...options,
    entryPoints: [...entryPoints],
    outdir,
    metafile: true,
  });
}

/** One file with all of it, for where nothing can be loaded from beside it. */
export function bundleInOne(
  entryPoint: string,
  outfile: string,
): Promise<BuildResult & { readonly metafile: Metafile }> {
  return build({
    ...OPTIONS,
    entryPoints: [entryPoint],
    outfile,
    format: "cjs",
    metafile: true,
    supported: { "dynamic-import": false }, // of modules of Node: there, a program with its code cached has none
    define: { "import.meta": '{"url":"file:///s3-bsync"}' }, // it lies nowhere
  });
}
