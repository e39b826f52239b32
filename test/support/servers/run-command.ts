/** Other programs, run to their end. */

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";

/**
 * @returns what it wrote to stdout
 * @throws {Error} it could not be run or failed; the message ends with its last line on stderr
 */
export function runCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 1 << 24 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const reason = stderr.trim().split("\n").at(-1) || error.message;
      reject(new Error(`${command} ${args.slice(0, 3).join(" ")}: ${reason}`, { cause: error }));
    });
  });
}

/** @throws {Error} it is not there */
export async function onPath(command: string): Promise<string> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const file = join(folder, command);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== "" && found) return file;
  }
  throw new Error(`no ${command} on the PATH`);
}
