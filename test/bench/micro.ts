/** Parts of the program alone, each as a process that measures itself, beside what does the same without our care for speed. */

import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { atExit } from "../support/servers/at-exit.ts";
import { tempDir, type TempDir } from "../support/temp-dir.ts";
import type { Contender } from "./contenders.ts";
import type { Command } from "./measured.ts";
import type { Seat } from "./seat.ts";

let folder: TempDir | undefined;
const made = new Map<string, string>();

/** Of `micro/NAME.ts`, bundled as the program is: what TypeScript costs is no part of it. */
function script(name: string): string {
  const known = made.get(name);
  if (known !== undefined) return known;
  if (folder === undefined) {
    folder = tempDir("bench-micro");
    atExit(folder.remove);
  }
  const outfile = join(folder.path, `${name}.mjs`);
  buildSync({
    entryPoints: [resolve(import.meta.dirname, `micro/${name}.ts`)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    conditions: ["module"],
    logLevel: "warning",
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
  });
  made.set(name, outfile);
  return outfile;
}

function itself(name: string, ...words: readonly string[]): Command {
  return {
    program: process.execPath,
    words: ["--no-warnings", script(name), ...words],
    measuresItself: true,
  };
}

export const scanned: readonly Contender[] = [
  { name: "s3-bsync: scan", run: ({ tree }) => itself("scan", tree) },
  {
    name: "find -printf",
    run: ({ tree }) => ({ program: "find", words: [tree, "-printf", "%p %s %T@\\n"] }),
    leavesOut: "no order",
  },
];

/** Writes or reads as many records as the shape has files. */
function state(name: string, what: string, isThere: boolean): Contender {
  const command = (seat: Seat, how: string): Command =>
    itself("state", how, join(seat.home, "state"), String(seat.shape.files));
  return {
    name,
    ...(isThere ? { sitDown: (seat, run) => run(command(seat, "encode")) } : {}),
    run: (seat) => command(seat, what),
  };
}

export const decoded: readonly Contender[] = [
  state("s3-bsync: decode", "decode", true),
  state("plain decoder", "decode-plainly", true),
];

export const encoded: readonly Contender[] = [
  state("s3-bsync: encode", "encode", false),
  state("plain encoder", "encode-plainly", false),
];

export const parsed: readonly Contender[] = [
  { name: "s3-bsync: pages", run: ({ shape }) => itself("page", "ours", String(shape.files / 1000)) },
  { name: "the SDK's parser", run: ({ shape }) => itself("page", "sdk", String(shape.files / 1000)) },
];

let turn = 0;

function requests(name: string, whose: string, what: string): Contender {
  return {
    name,
    // Into a place of its own each time: our store refuses to replace what it has not seen.
    run: ({ bucket, prefix, shape }) =>
      itself("requests", whose, what, bucket, `${prefix}/${++turn}`, String(shape.files)),
  };
}

export const sent: readonly Contender[] = [
  requests("s3-bsync: PUT", "ours", "put"),
  requests("the SDK's PUT", "sdk", "put"),
];

export const fetched: readonly Contender[] = [
  requests("s3-bsync: GET", "ours", "get"),
  requests("the SDK's GET", "sdk", "get"),
];
