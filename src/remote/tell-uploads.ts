/** Tells how many bytes of the bodies of requests go to the server. */

import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { keyOfText, type ObjectKey } from "../model/object-key.ts";
import type { Moved } from "../ports/watcher.ts";

const PIECE_BYTES = 64 * 1024;

export interface Telling {
  /** What stands before every key. */
  readonly prefix: string;
  readonly moved: Moved;
  /** Told piece by piece, as the network takes them, and not when the request is answered. */
  readonly finely: boolean;
}

/** What is signed and sent is the same either way. */
export function tellUploads(client: S3Client, { prefix, moved, finely }: Telling): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as { body?: unknown };
      const { body } = request;
      const { Key } = args.input as { Key?: string };
      if (!(body instanceof Uint8Array) || body.length === 0 || Key === undefined) return next(args);
      const key = keyOfText(Key).slice(prefix.length) as ObjectKey;
      const tell = (bytes: number): void => moved("up", key, bytes);
      if (finely) request.body = Readable.from(pieces(body, tell));
      const result = await next(args);
      if (!finely) tell(body.length);
      return result;
    },
    { step: "deserialize", priority: "low", name: "tellUploads", override: true },
  );
}

function* pieces(body: Uint8Array, tell: (bytes: number) => void): Generator<Uint8Array> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    const piece = body.subarray(at, at + PIECE_BYTES);
    yield piece;
    tell(piece.length);
  }
}
