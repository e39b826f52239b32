/** Watches one run of the built command by its system calls, and hits one of them with a fault. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex, Readable } from "node:stream";
import { tempDir } from "../temp-dir.ts";
import { type Call, callsIn, MUTATING } from "./calls.ts";

export const NO_STRACE = "system calls cannot be watched here: this needs strace, and leave to trace";

const HOLD = join(import.meta.dirname, "hold.cjs");
/** Garbage is not collected in so short a run: the engine would wake itself by calls that come at any time. */
const STEADY = ["--max-semi-space-size=64", "--min-semi-space-size=64"];
/** More than a run ever takes. */
const PATIENCE_MS = 60_000;

export function canTrace(): boolean {
  return spawnSync("strace", ["-qq", "-e", "trace=none", "true"], { stdio: "ignore" }).status === 0;
}

/** Asynchronous work is done by the pool, which has one thread. */
export type Thread = "main" | "pool" | "all";

export interface Fault {
  readonly thread: Thread;
  /** Names of calls, joined by commas. */
  readonly call: string;
  /** In the words of strace, such as `signal=SIGKILL:when=3`. It hits as the call begins. */
  readonly does: string;
}

export interface Command {
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Paths in it are told as `~`. */
  readonly home: string;
}

export interface Watched {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the thread that was watched, up to the last one. */
  readonly calls: readonly Call[];
}

/** @param watch a fault, or a thread that is only watched */
export async function watched(command: Command, watch: Fault | Thread): Promise<Watched> {
  using scratch = tempDir("trace");
  const trace = join(scratch.path, "trace");
  const [node = "", ...words] = command.words;
  const child = spawn(node, [...STEADY, "--require", HOLD, ...words], {
    env: { ...command.env, UV_THREADPOOL_SIZE: "1" },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    timeout: PATIENCE_MS,
    killSignal: "SIGABRT",
  });
  const out = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => (out[name] += text));
  }
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const line = child.stdio[3] as Duplex;
  line.on("error", () => undefined); // the run is gone

  const held = await firstText(line);
  if (held !== undefined) {
    const tracer = await attached(JSON.parse(held) as Threads, watch, trace);
    line.write("\n");
    await Promise.all([ended, tracer.ended]);
  }
  const [code, signal] = await ended;
  const calls = held === undefined ? [] : callsIn(readFileSync(trace, "latin1"), command.home);
  return { code, signal, ...out, calls };
}

interface Threads {
  readonly main: number;
  readonly pool: number;
}

async function attached(
  { main, pool }: Threads,
  watch: Fault | Thread,
  trace: string,
): Promise<{ readonly ended: Promise<unknown> }> {
  const thread = typeof watch === "string" ? watch : watch.thread;
  const which = thread === "all" ? ["-f", "-p", `${main}`] : ["-p", `${thread === "main" ? main : pool}`];
  const fault = typeof watch === "string" ? [] : ["-e", `inject=${watch.call}:${watch.does}`];
  const set = MUTATING.map((name) => `?${name}`).join(",");
  const words = ["-y", "-s", "100", "-o", trace, ...which, "-e", `trace=${set}`, "-e", "signal=none"];
  const tracer = spawn("strace", [...words, ...fault], { stdio: ["ignore", "ignore", "pipe"] });
  const said = await firstText(tracer.stderr);
  if (said?.includes("attached") !== true) throw new Error(`strace: ${said ?? "ended"}`);
  tracer.stderr.resume();
  return { ended: hasEnded(tracer) };
}

async function hasEnded(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** @returns undefined: it ended without a word */
function firstText(stream: Readable): Promise<string | undefined> {
  return new Promise((resolve) => {
    stream.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    stream.once("close", () => resolve(undefined));
  });
}
