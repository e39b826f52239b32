/** The command line in this process: all of the command but `main.ts`, at a tenth of the price of a process. */

import { hostname, tmpdir } from "node:os";
import { newEngine } from "../../src/app/engine.ts";
import { run } from "../../src/cli/run.ts";
import { collector } from "./collector.ts";
import type { Ran } from "./world.ts";

/** @param env without credentials: the SDK takes those from this process */
export async function runHere(home: string, env: NodeJS.ProcessEnv, argv: readonly string[]): Promise<Ran> {
  const [stdout, stderr] = [collector(), collector()];
  const machine = {
    pid: process.pid,
    hostname: hostname(),
    tmpdir: env["TMPDIR"] ?? tmpdir(),
    now: Date.now,
  };
  const asked = { uid: 0, platform: "linux", program: [], isTerminal: false };
  const code = await run(argv, {
    stdout,
    stderr,
    signal: new AbortController().signal,
    home,
    cwd: () => home,
    prompt: undefined,
    screen: undefined,
    newEngine: async (stateFile) => newEngine({ ...machine, ...asked, stateFile, env }),
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}
