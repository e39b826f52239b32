/** Reads one version of an object: in one piece, or in ranges that are fetched side by side. */

import { createHash } from "node:crypto";
import { inOrder } from "../../core/in-order.ts";
import { SINGLE_PUT_MAX } from "../../core/part-size.ts";
import { PathError } from "../../model/errors.ts";
import type { RemoteObject } from "../../model/observation.ts";
import type { ObjectFacts, RemoteContent } from "../../ports/object-store.ts";
import { factsOf } from "./facts.ts";
import { type Chunks, fetchPiece, openPiece, type OpenPiece, type Piece, readPiece } from "./piece.ts";
import type { Remote } from "../remote.ts";

/** Larger objects are fetched in ranges of this size: four of them fill a line, and the memory they take stays small. */
const RANGE = 4 * 1024 * 1024;
/** Ranges of one object at a time, and held for its reader. */
const AHEAD = 4;

/** Downloads of one object, at most, until two agree or one has the digest. */
const READINGS = 3;

/** The first piece is asked for at once, because its headers are the facts; its body waits on the wire. */
export async function read(remote: Remote, object: RemoteObject): Promise<RemoteContent> {
  const [first] = piecesOf(object);
  const opened = await openPiece(remote, object, first as Piece);
  const facts = factsOf(remote, object.key, object.size, opened.answered);
  const chunks =
    object.size <= SINGLE_PUT_MAX ? inOnePiece(remote, facts, opened) : inRanges(remote, facts, opened);
  return { facts, chunks, discard: () => opened.body.destroy() };
}

function piecesOf({ size }: RemoteObject): readonly Piece[] {
  if (size <= SINGLE_PUT_MAX) return [{ from: 0, length: size, whole: true }];
  return Array.from({ length: Math.ceil(size / RANGE) }, (_, at) => ({
    from: at * RANGE,
    length: Math.min(RANGE, size - at * RANGE),
    whole: false,
  }));
}

async function* inOnePiece(
  remote: Remote,
  facts: ObjectFacts,
  opened: OpenPiece,
): AsyncGenerator<Uint8Array> {
  const { object } = facts;
  const release = await remote.bytes.take(object.size);
  try {
    let chunks = await readPiece(remote, object, opened);
    let digest = md5(chunks);
    for (let readings = 1; !isProved(remote, facts, digest); readings++) {
      if (readings === READINGS) throw doubtful();
      const again = await fetchPiece(remote, object, opened.piece);
      const second = md5(again);
      if (second === digest && !isCertain(remote, facts)) break;
      chunks = again;
      digest = second;
    }
    yield* chunks;
  } finally {
    release();
  }
}

/** Bytes are held until the reader comes for the next ones, and count as long. */
async function* inRanges(remote: Remote, facts: ObjectFacts, opened: OpenPiece): AsyncGenerator<Uint8Array> {
  const { object } = facts;
  const held = new Set<() => void>();
  const fetch = async (piece: Piece): Promise<{ readonly chunks: Chunks; readonly release: () => void }> => {
    const giveBack = await remote.bytes.take(piece.length);
    held.add(giveBack);
    const chunks =
      piece.from === 0 ? await readPiece(remote, object, opened) : await fetchPiece(remote, object, piece);
    return { chunks, release: () => held.delete(giveBack) && giveBack() };
  };
  const hash = createHash("md5");
  try {
    for await (const { chunks, release } of inOrder(piecesOf(object), fetch, {
      concurrency: AHEAD,
      window: AHEAD,
    })) {
      for (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
      release();
    }
    const digest = hash.digest("hex");
    if (isProved(remote, facts, digest)) return;
    if (isCertain(remote, facts) || (await digestAgain(remote, object)) !== digest) throw doubtful();
  } finally {
    for (const giveBack of held) giveBack();
  }
}

/** A second reading that agrees shows that the bytes are those in the store, whatever digest stands beside them. */
async function digestAgain(remote: Remote, object: RemoteObject): Promise<string> {
  const hash = createHash("md5");
  for (const piece of piecesOf(object)) {
    const release = await remote.bytes.take(piece.length);
    try {
      for (const chunk of await fetchPiece(remote, object, piece)) hash.update(chunk);
    } finally {
      release();
    }
  }
  return hash.digest("hex");
}

/** Whether a digest that the server gave says so. Without any, length and transport must do. */
function isProved({ memory }: Remote, facts: ObjectFacts, digest: string): boolean {
  const { object, md5: written, etagMayBeMd5 } = facts;
  const isEtag = object.etag === digest;
  if (isEtag && memory.facts.md5Etags === "untold") memory.learn({ md5Etags: "yes" });
  return isEtag || written === digest || (!etagMayBeMd5 && written === undefined);
}

/** Whether the ETag is known to be the MD5 here, so that bytes which differ from it are not those that were stored. */
function isCertain({ memory }: Remote, { etagMayBeMd5 }: ObjectFacts): boolean {
  return etagMayBeMd5 && memory.facts.md5Etags === "yes";
}

function md5(chunks: Chunks): string {
  const hash = createHash("md5");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

function doubtful(): PathError {
  return new PathError("what the server sends is not what its digest says; it was not used");
}
