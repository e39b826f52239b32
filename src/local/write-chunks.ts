/** Writes a stream at the pace of the disk. */

import { writev, writevSync } from "node:fs";
import { promisify } from "node:util";

const writevAsync = promisify(writev);

/** Chunks come in the sizes of the network; joined to this, the disk and not the calls is the limit. */
const JOIN_BYTES = 1024 * 1024;

/** One write is under way while the next is collected. @param chunks are not reused by whoever makes them */
export async function writeChunks(fd: number, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let joined: Uint8Array[] = [];
  let bytes = 0;
  let at = 0;
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const chunk of chunks) {
      joined.push(chunk);
      bytes += chunk.length;
      if (bytes < JOIN_BYTES) continue;
      await writing;
      writing = writeAt(fd, joined, at);
      writing.catch(() => undefined); // told by the next `await`, which may come late
      at += bytes;
      joined = [];
      bytes = 0;
    }
    await writing;
  } catch (error) {
    await writing.catch(() => undefined); // the file is not closed under it
    throw error;
  }
  if (at > 0) await writeAt(fd, joined, at);
  else writeSmall(fd, joined);
}

async function writeAt(fd: number, buffers: readonly Uint8Array[], position: number): Promise<void> {
  let at = position;
  for (let left = rest(buffers, 0); left.length > 0;) {
    const { bytesWritten } = await writevAsync(fd, left, at);
    at += bytesWritten;
    left = rest(left, bytesWritten);
  }
}

/** A small file is one call; the way through the thread pool would cost more than the write. */
function writeSmall(fd: number, buffers: readonly Uint8Array[]): void {
  for (let at = 0, left = rest(buffers, 0); left.length > 0;) {
    const written = writevSync(fd, left, at);
    at += written;
    left = rest(left, written);
  }
}

/** What of the buffers is not written yet: a full disk writes a part before it refuses the next. */
function rest(buffers: readonly Uint8Array[], written: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  let skip = written;
  for (const buffer of buffers) {
    if (skip < buffer.length) left.push(skip === 0 ? buffer : buffer.subarray(skip));
    skip = Math.max(0, skip - buffer.length);
  }
  return left;
}
