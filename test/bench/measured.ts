/** One run of a command: how long it took, how much CPU, how much memory. */

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Command {
  readonly program: string;
  readonly words: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Shell words that come before it and are measured with it. */
  readonly before?: string;
  /** Its last line on stdout is JSON of its own figures, which leave out how it was started. */
  readonly measuresItself?: true;
}

/** Undefined: this system does not tell. */
export interface Figures {
  readonly wallS: number;
  /** User and system, of the process and all that it waited for. */
  readonly cpuS: number | undefined;
  /** The most that the process ever held, in MB. */
  readonly peakMb: number | undefined;
}

/** `USER_HZ`: the same on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;
const LOOK_EVERY_MS = 10;
const PATIENCE_MS = 3_600_000;

/** Nothing else that was started from here may end meanwhile: its CPU would be counted too. @throws {Error} it failed */
export async function measured(command: Command): Promise<Figures> {
  const cpuBefore = cpuOfChildren();
  const begin = process.hrtime.bigint();
  const child = spawn(...spawned(command), {
    env: command.env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
  });
  let peakMb: number | undefined;
  const look = (): void => void (peakMb = peakOf(child.pid) ?? peakMb);
  const looking = setInterval(look, LOOK_EVERY_MS);
  look();
  const tail = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]
      .setEncoding("utf8")
      .on("data", (text: string) => void (tail[name] = (tail[name] + text).slice(-4096)));
  let endedAt = begin;
  child.once("exit", () => void (endedAt = process.hrtime.bigint()));
  const code = await new Promise<number | null>((done, failed) => {
    child.once("error", failed).once("close", done);
  }).finally(() => clearInterval(looking));
  if (code !== 0) throw new Error(`it ended with ${code}: ${lastLine(tail.stderr) || lastLine(tail.stdout)}`);
  if (command.measuresItself === true) return JSON.parse(lastLine(tail.stdout)) as Figures;
  const cpuAfter = cpuOfChildren();
  return {
    wallS: Number(endedAt - begin) / 1e9,
    cpuS: cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore,
    // Of a shell and all that it starts, the last one's says nothing.
    peakMb: command.before === undefined ? peakMb : undefined,
  };
}

function spawned({ program, words, before }: Command): readonly [string, readonly string[]] {
  return before === undefined
    ? [program, words]
    : ["sh", ["-c", `${before} && exec "$0" "$@"`, program, ...words]];
}

/** User and system time of all children that have been waited for, with theirs, in s. */
function cpuOfChildren(): number | undefined {
  const stat = readText("/proc/self/stat");
  // The name, in brackets, may hold anything; the third field comes behind it.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields === undefined ? undefined : (Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND;
}

/** Of the program that the process runs now, unlike what `wait4` tells: that begins with the memory of its parent. */
function peakOf(pid: number | undefined): number | undefined {
  const kib = /^VmHWM:\s*(\d+)/m.exec(readText(`/proc/${pid}/status`) ?? "")?.[1];
  return kib === undefined ? undefined : (Number(kib) * 1024) / 1e6;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
