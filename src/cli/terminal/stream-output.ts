/** A stream of the process as an `Output`: lines are collected into pieces, and a slow reader is waited for. */

import { once } from "node:events";
import type { Output } from "../context.ts";

const PIECE_CHARS = 16 * 1024;

export interface StreamOutput extends Output {
  /** Resolves when all is handed over. @returns what went wrong, unless it is that the reader went away */
  flush(): Promise<Error | undefined>;
}

/** A reader that goes away (`| head`) is no error: what it does not want is dropped. */
export function streamOutput(stream: NodeJS.WritableStream): StreamOutput {
  let pending = "";
  let failure: NodeJS.ErrnoException | undefined;
  let timer: NodeJS.Immediate | undefined;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    failure ??= error;
  });

  async function hand(): Promise<void> {
    clearImmediate(timer);
    timer = undefined;
    const piece = pending;
    pending = "";
    if (piece === "" || failure !== undefined || stream.write(piece)) return;
    // An error ends the wait; what it means is decided in `flush`.
    await once(stream, "drain").catch(() => undefined);
  }

  return {
    async write(text) {
      pending += text;
      if (pending.length >= PIECE_CHARS) return hand();
      timer ??= setImmediate(() => void hand());
    },
    async flush() {
      await hand();
      return failure?.code === "EPIPE" ? undefined : failure;
    },
  };
}
