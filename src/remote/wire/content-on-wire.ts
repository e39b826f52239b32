/** Content on its way: told of as it moves, and held below a rate, both ways together. What is signed and checked knows nothing of it. */

import { pipeline, Readable, Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Throttle } from "../../core/throttle.ts";

const PIECE_BYTES = 64 * 1024;

export interface ContentOnWire {
  /** @returns what is sent: the same bytes. @param moved called as the network takes them, or when the server has them all */
  sent(body: Uint8Array, moved: (bytes: number) => void): Sent;
  received(body: Readable): Readable;
}

interface Sent {
  readonly body: Uint8Array | Readable;
  /** The server has answered. */
  done(): void;
}

export interface WireOptions {
  readonly throttle: Throttle | undefined;
  /** Told piece by piece. */
  readonly finely: boolean;
}

/** Listings and answers without content are never held back. */
export function contentOnWire({ throttle, finely }: WireOptions): ContentOnWire {
  const pass = async (bytes: number): Promise<void> => {
    const waitMs = throttle?.take(bytes, performance.now()) ?? 0;
    if (waitMs >= 1) await sleep(waitMs);
  };
  const pieceBytes = throttle?.pieceBytes ?? PIECE_BYTES;
  async function* pieces(body: Uint8Array, moved: (bytes: number) => void): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < body.length; at += pieceBytes) {
      const piece = body.subarray(at, at + pieceBytes);
      await pass(piece.length);
      yield piece;
      moved(piece.length);
    }
  }
  return {
    sent: (body, moved) =>
      throttle === undefined && !finely
        ? { body, done: () => moved(body.length) }
        : { body: Readable.from(pieces(body, moved)), done: () => {} },
    received: (body) => (throttle === undefined ? body : paced(body, pass)),
  };
}

/** Whatever ends the one ends the other, with the same error. */
function paced(body: Readable, pass: (bytes: number) => Promise<void>): Readable {
  const inTime = new Transform({
    transform(chunk: Uint8Array, _, done) {
      pass(chunk.length).then(() => done(undefined, chunk), done);
    },
  });
  return pipeline(body, inTime, () => {}); // whoever reads it meets the error
}
