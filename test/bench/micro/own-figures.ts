/** A part of the program, measured from inside its own process: how the process was started is left out. */

import { readFileSync } from "node:fs";

/** Writes the figures as one line of JSON. */
export async function ownFigures(task: () => unknown): Promise<void> {
  const begin = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(cpu);
  const wallS = Number(process.hrtime.bigint() - begin) / 1e9;
  console.log(JSON.stringify({ wallS, cpuS: (user + system) / 1e6, peakMb: peakMb() }));
}

function peakMb(): number {
  let kib = process.resourceUsage().maxRSS;
  try {
    kib = Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? kib);
  } catch {
    // Not on this system: what the kernel tells of a whole process may begin with its parent's memory.
  }
  return (kib * 1024) / 1e6;
}
