/** A line from the user, where there is one. */

import { createInterface } from "node:readline/promises";
import type { Prompt } from "./arbiter.ts";

interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  /** Where the question goes: never among the output proper. */
  readonly stderr: NodeJS.WriteStream;
}

/**
 * @param interrupt what Ctrl-C does: while a question stands there, it is a key and no signal
 * @returns undefined: nobody is there
 */
export function terminalPrompt(
  { stdin, stderr }: Terminal,
  signal: AbortSignal,
  interrupt: () => void,
): Prompt | undefined {
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  return async (text) => {
    const lines = createInterface({ input: stdin, output: stderr });
    lines.on("SIGINT", interrupt);
    const end = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined)));
    try {
      return await Promise.race([lines.question(text, { signal }), end]);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      lines.close();
    }
  };
}
