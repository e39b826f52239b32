/** Which process on which boot of which machine: what a process id alone does not tell. */

import { readFileSync, readlinkSync } from "node:fs";
import { kill } from "node:process";
import { fsCode } from "./fs-errors.ts";

export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** "" where the system does not say; so too the two below. */
  readonly boot: string;
  /** The set of processes in which `pid` counts: a container has its own. */
  readonly pidSpace: string;
  /** When it was started, in ticks since the boot. */
  readonly start: string;
}

export function processIdentity(pid: number, host: string): ProcessIdentity {
  return {
    host,
    pid,
    boot: orEmpty(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()),
    pidSpace: orEmpty(() => readlinkSync("/proc/self/ns/pid")),
    start: startOf(pid),
  };
}

/** @returns undefined: it cannot be told from here */
export function isRunning(other: ProcessIdentity, me: ProcessIdentity): boolean | undefined {
  const sameHost = other.host === me.host;
  if (me.boot === "") return sameHost && !exists(other.pid) ? false : undefined;
  if (other.boot !== me.boot) return sameHost ? false : undefined;
  if (other.pidSpace !== me.pidSpace) return undefined;
  const start = startOf(other.pid);
  return start !== "" && start === other.start;
}

/** @returns "" where there is no such process, or it has ended and nobody has asked how */
function startOf(pid: number): string {
  const stat = orEmpty(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  // The second field is the name of the program, in parentheses, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? "" : (fields[19] ?? "");
}

function exists(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    return fsCode(error) === "EPERM";
  }
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
