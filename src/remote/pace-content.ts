/** Holds the content of objects below a rate, both ways together, next to the wire: nothing above knows of it. */

import { performance } from "node:perf_hooks";
import { pipeline, Readable, Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Throttle } from "../core/throttle.ts";

const SENDS: readonly unknown[] = ["PutObjectCommand", "UploadPartCommand"];
const RECEIVES = "GetObjectCommand";

/** Content is in memory, or a stream where another middleware has made one of it. */
interface RawRequest {
  body: Uint8Array | Readable;
}

interface RawResponse {
  body: Readable;
}

type Pass = (bytes: number) => Promise<void>;

/** Listings and answers without content are never held back. */
export function paceContent(client: S3Client, { pieceBytes, take }: Throttle): void {
  const pass: Pass = async (bytes) => {
    const waitMs = take(bytes, performance.now());
    if (waitMs >= 1) await sleep(waitMs);
  };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const request = args.request as RawRequest;
      // It is signed, and its length is told: only how it is sent is another.
      if (SENDS.includes(context["commandName"]))
        request.body = paced(streamOf(request.body, pieceBytes), pass);
      const result = await next(args);
      const response = result.response as RawResponse;
      if (context["commandName"] === RECEIVES) response.body = paced(response.body, pass);
      return result;
    },
    { step: "deserialize", priority: "low", name: "paceContent", override: true },
  );
}

function streamOf(body: Uint8Array | Readable, pieceBytes: number): Readable {
  return body instanceof Uint8Array ? Readable.from(pieces(body, pieceBytes)) : body;
}

function* pieces(bytes: Uint8Array, pieceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** Whatever ends the one ends the other, with the same error. */
function paced(stream: Readable, pass: Pass): Readable {
  const inTime = new Transform({
    transform(chunk: Uint8Array, _, done) {
      pass(chunk.length).then(() => done(undefined, chunk), done);
    },
  });
  return pipeline(stream, inTime, () => {}); // whoever reads it meets the error
}
