/** A file of the tree in memory, and its content while it is open. */

import { createHash } from "node:crypto";
import { Stale } from "../../src/model/errors.ts";
import type { ContentEtags } from "../../src/model/etag.ts";
import type { LocalFile } from "../../src/model/observation.ts";
import type { OpenFile } from "../../src/ports/file-tree.ts";

export interface MemoryFile {
  readonly bytes: Uint8Array;
  readonly file: LocalFile;
  readonly mtimeNs: bigint;
  readonly mode?: number | undefined;
}

export class MemoryOpenFile implements OpenFile {
  readonly file: LocalFile;
  readonly mtimeNs: bigint;
  readonly mode: number;
  readonly #bytes: Uint8Array;
  readonly unchanged: () => void;

  constructor({ file, bytes, mtimeNs, mode }: MemoryFile, unchanged: () => void) {
    this.file = file;
    this.mtimeNs = mtimeNs;
    this.mode = mode ?? 0o644;
    this.#bytes = bytes;
    this.unchanged = unchanged;
  }

  async read(from: number, length: number): Promise<Uint8Array> {
    if (from + length > this.#bytes.length) throw new Stale("the file became shorter while it was read");
    return this.#bytes.slice(from, from + length);
  }

  async etags(partBytes: number): Promise<ContentEtags> {
    this.unchanged();
    const parts: Uint8Array[] = [];
    for (let at = 0; at === 0 || at < this.#bytes.length; at += partBytes) {
      parts.push(md5(this.#bytes.subarray(at, at + partBytes)));
    }
    const multipart = `${Buffer.from(md5(Buffer.concat(parts))).toString("hex")}-${parts.length}`;
    return { single: Buffer.from(md5(this.#bytes)).toString("hex"), multipart };
  }

  async sha256(): Promise<string> {
    this.unchanged();
    return createHash("sha256").update(this.#bytes).digest("hex");
  }

  async equals(chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
    const theirs = await joined(chunks);
    this.unchanged();
    return Buffer.compare(theirs, this.#bytes) === 0;
  }

  close(): void {
    // nothing is held
  }
}

export async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

function md5(bytes: Uint8Array): Uint8Array {
  return createHash("md5").update(bytes).digest();
}
