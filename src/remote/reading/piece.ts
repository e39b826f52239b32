/** One range of an object, or all of it, as one request. */

import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { PathError, Stale } from "../../model/errors.ts";
import type { RemoteObject } from "../../model/observation.ts";
import type { Api } from "../wire/api.ts";
import { GarbledBody } from "../wire/broken-answer.ts";
import { crc32 } from "../wire/crc32.ts";
import { quoted, unquoted } from "./facts.ts";
import type { Remote } from "../remote.ts";
import { placeOf } from "../wire/place.ts";
import type { SendOptions } from "../wire/send-options.ts";
import type { Answered } from "../wire/said-in-headers.ts";
import { statusOf } from "../wire/sdk-error.ts";
import { retryReason } from "../wire/retry.ts";

export interface Piece {
  readonly from: number;
  readonly length: number;
  /** All of the object: then no range is asked for, and its checksum may come with it. */
  readonly whole: boolean;
}

/** Its headers are here, its body is still on the wire. */
export interface OpenPiece {
  readonly piece: Piece;
  readonly answered: Answered;
  readonly body: Readable;
}

/** Content as it came off the wire: never joined, because to copy it costs more than to write it in pieces. */
export type Chunks = readonly Uint8Array[];

/** @throws {Stale} gone, or another version */
export function openPiece(remote: Remote, object: RemoteObject, piece: Piece): Promise<OpenPiece> {
  return orStale(remote.send("get", (api, options) => open(api, options, { remote, object, piece })));
}

/** Asks again where the body breaks. */
export async function readPiece(remote: Remote, object: RemoteObject, opened: OpenPiece): Promise<Chunks> {
  try {
    return await collect(remote, object, opened);
  } catch (error) {
    if (retryReason(error) === undefined) throw error;
    return await fetchPiece(remote, object, opened.piece);
  }
}

export function fetchPiece(remote: Remote, object: RemoteObject, piece: Piece): Promise<Chunks> {
  return orStale(
    remote.send("get", async (api, options) =>
      collect(remote, object, await open(api, options, { remote, object, piece })),
    ),
  );
}

interface Wanted {
  readonly remote: Remote;
  readonly object: RemoteObject;
  readonly piece: Piece;
}

async function open(api: Api, options: SendOptions, { remote, object, piece }: Wanted): Promise<OpenPiece> {
  const { from, length, whole } = piece;
  const last = from + length - 1;
  const Range = whole ? {} : { Range: `bytes=${from}-${last}` };
  const input = { ...placeOf(remote, object.key), IfMatch: quoted(object.etag), ...Range };
  const { Body: body, ...answered } = await api.get(input, options);
  if (unquoted(answered.ETag) !== object.etag) throw new Stale("the object changed meanwhile");
  if (answered.ContentLength !== undefined && answered.ContentLength !== length) {
    throw new PathError(`the server sends ${answered.ContentLength} bytes instead of ${length}`);
  }
  if (!whole && answered.ContentRange !== `bytes ${from}-${last}/${object.size}`) {
    throw new PathError("the server does not send ranges");
  }
  return { piece, answered, body };
}

async function collect(
  { moved }: Remote,
  { key }: RemoteObject,
  { piece, answered, body }: OpenPiece,
): Promise<Chunks> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  body.on("data", (chunk: Uint8Array) => {
    length += chunk.length;
    if (length > piece.length) {
      body.destroy(new GarbledBody("the content is longer than the server said"));
      return;
    }
    chunks.push(chunk);
    moved("down", key, chunk.length);
  });
  await finished(body);
  if (length < piece.length) throw new GarbledBody("the content ended before its end");
  if (piece.whole && !matches(chunks, answered)) throw new GarbledBody("the content has another checksum");
  return chunks;
}

/** A checksum of the parts (`…-N`, COMPOSITE) is none of the content. */
function matches(chunks: Chunks, { ChecksumCRC32: checksum, ChecksumType }: Answered): boolean {
  if (checksum === undefined || ChecksumType === "COMPOSITE" || checksum.includes("-")) return true;
  return crc32(chunks) === checksum;
}

async function orStale<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const status = statusOf(error);
    if (status === 412 || status === 416 || (status === 404 && (error as Error).name !== "NoSuchBucket")) {
      throw new Stale(status === 404 ? "the object is gone" : "the object changed meanwhile", {
        cause: error,
      });
    }
    throw error;
  }
}
