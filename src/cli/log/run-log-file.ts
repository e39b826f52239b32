/** The file that a run's log goes to: opened anew for every run, and never in its way. */

import { join } from "node:path";
import { errorCode, errorWords } from "../../core/error-words.ts";
import { BsyncError } from "../../model/errors.ts";
import type { DirectoryMap } from "../../model/map.ts";
import type { Context, Engine } from "../context.ts";
import { LogFile } from "./log-file.ts";
import { problemLines } from "../render/error-text.ts";

/** 10 MiB a file, and four older ones. */
const SIZES = { maxBytes: 10 * 1024 * 1024, keep: 4 };

/** What goes wrong is told on stderr, once for each reason, and ends the log of that run alone. */
export class RunLogFile {
  readonly #path: string;
  readonly #context: Pick<Context, "engine" | "stderr">;
  readonly #told = new Set<string>();
  #file: LogFile | undefined;

  constructor(path: string, context: Pick<Context, "engine" | "stderr">) {
    this.#path = path;
    this.#context = context;
  }

  open(): void {
    this.#orTell(() => {
      const root = mappedAbove(this.#path, this.#context.engine);
      if (root !== undefined) throw new Error(`lies in the mapped directory ${root}`);
      this.#file = new LogFile(this.#path, SIZES);
    });
  }

  write(line: string): void {
    this.#orTell(() => this.#file?.write(line));
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #orTell(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.close();
      const code = errorCode(error);
      const why = code === undefined ? (error as Error).message : errorWords(code);
      if (this.#told.has(why)) return;
      this.#told.add(why);
      const lines = [`--log-file ${this.#path}: ${why}`];
      void this.#context.stderr.write(problemLines(lines, "the run goes on without its log"));
    }
  }
}

/** A log in a mapped directory would be a change in every run. @returns the root of the map */
export function mappedAbove(path: string, engine: Engine): string | undefined {
  const folder = engine.directory(join(path, "..")) ?? join(path, "..");
  return mapsOf(engine).find(({ root }) => {
    const real = engine.directory(root) ?? root;
    return folder === real || folder.startsWith(real === "/" ? real : `${real}/`);
  })?.root;
}

/** That the state file cannot be read is told by the run. */
function mapsOf(engine: Engine): readonly DirectoryMap[] {
  try {
    return engine.maps() ?? [];
  } catch (error) {
    if (!(error instanceof BsyncError)) throw error;
    return [];
  }
}
