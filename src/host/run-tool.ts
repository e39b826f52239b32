/** A program of the system, such as systemctl, found in PATH. */

import { spawn } from "node:child_process";

export interface ToolRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @returns undefined: there is no such program */
export type RunTool = (
  program: string,
  args: readonly string[],
  input?: string,
) => Promise<ToolRun | undefined>;

export function runTools(env: Readonly<Record<string, string | undefined>>): RunTool {
  return (program, args, input = "") =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { env: { ...env, LC_ALL: "C" }, stdio: "pipe" });
      const out = { stdout: "", stderr: "" };
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out.stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (out.stderr += text));
      child.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "EACCES") resolve(undefined);
        else reject(error);
      });
      child.on("close", (code) => resolve({ code, ...out }));
      child.stdin.on("error", () => {}); // it may end without reading
      child.stdin.end(input);
    });
}
