/** A server as a child process: started, waited for, stopped, and never left behind. */

import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { tempDir } from "../temp-dir.ts";
import { atExit } from "./at-exit.ts";

const READY_WITHIN_MS = 60_000;
const KILL_AFTER_MS = 3_000;

export interface ChildServer {
  /** The folder of the server: its data, its log, its temporary files. Removed by `stop`. */
  readonly folder: string;
  /** SIGTERM, then SIGKILL. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly command: string;
  readonly args: (folder: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asked, with all that was written so far, until it says true. A rejection means: not yet. */
  readonly ready: (output: string) => Promise<boolean>;
  /** Removes what the server leaves elsewhere. Runs when its process is gone; also in an exit handler. */
  readonly sweep?: () => void;
}

/** @throws {Error} it ended, or was not ready in time; the message ends with the tail of its log */
export async function startChild(options: ChildOptions): Promise<ChildServer> {
  const folder = tempDir("server");
  const log = join(folder.path, "log");
  const output = openSync(log, "w");
  const child = spawn(options.command, options.args(folder.path), {
    cwd: folder.path,
    env: { PATH: process.env["PATH"], HOME: folder.path, TMPDIR: folder.path, ...options.env },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  child.unref();
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });

  const clean = () => {
    options.sweep?.();
    folder.remove();
  };
  const forget = atExit(() => {
    child.kill("SIGKILL");
    clean();
  });
  const stop = async () => {
    await end(child, ended);
    clean();
    forget();
  };

  try {
    await untilReady(() => options.ready(readFileSync(log, "utf8")), child);
  } catch (error) {
    const tail = readFileSync(log, "utf8").trim().split("\n").slice(-5).join(" | ");
    await stop();
    throw new Error(`${options.command}: ${(error as Error).message}: ${tail}`, { cause: error });
  }
  return { folder: folder.path, stop };
}

async function untilReady(ready: () => Promise<boolean>, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await ready().catch(() => false))) {
    if (!runs(child)) throw new Error("ended before it was ready");
    if (Date.now() > deadline) throw new Error(`not ready after ${READY_WITHIN_MS / 1000} s`);
    await pause(50);
  }
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (!runs(child)) return;
  child.ref();
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  await ended;
  clearTimeout(patience);
}

function runs(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
