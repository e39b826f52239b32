/** A command line of the user's, such as that of `--on-failure`. */

import { spawn } from "node:child_process";

/** Nothing that a run waits for may keep it for ever. */
const TIMEOUT_MS = 60_000;

export interface ShellCall {
  readonly input: string;
  /** All of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** @returns how it failed; undefined: it ended with 0 */
export function shell(command: string, { input, env, signal }: ShellCall): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", command], { env, stdio: ["pipe", 2, 2], timeout: TIMEOUT_MS });
    const stop = (): void => void child.kill();
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    const end = (how: string | undefined): void => {
      signal.removeEventListener("abort", stop);
      resolve(how);
    };
    child.on("error", (error) => end(error.message));
    // Not "close": what it leaves in the background is its own affair.
    child.on("exit", (code, ended) => {
      if (code === 0) end(undefined);
      else if (code !== null) end(`it ended with ${code}`);
      else end(`it was ended by ${ended} (it may take ${TIMEOUT_MS / 1000} seconds)`);
    });
    // A command that does not read its input is no failure.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
