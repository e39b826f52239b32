/** Content that is too large to be held: made, written and compared as it passes. */

import { createCipheriv, createHash, type Hash } from "node:crypto";
import { closeSync, createReadStream, openSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { Local, Remote } from "./world.ts";

const CHUNK = 1024 * 1024;

/** The same bytes for the same size; no two stretches are alike. @returns their SHA-256 */
export function writeLarge(path: string, size: number): string {
  const random = createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16, size % 256));
  const hash = createHash("sha256");
  const file = openSync(path, "w");
  for (let left = size; left > 0; left -= CHUNK) {
    const bytes = random.update(Buffer.alloc(Math.min(left, CHUNK)));
    hash.update(bytes);
    writeSync(file, bytes);
  }
  closeSync(file);
  return hash.digest("hex");
}

/** SHA-256 of every regular file, by name. */
export async function hashesHere(L: Local): Promise<Record<string, string>> {
  const files = readdirSync(L.root, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const hashes: Record<string, string> = {};
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    hashes[path.slice(L.root.length + 1)] = await hashOf(createReadStream(path));
  }
  return hashes;
}

/** SHA-256 of every object, by name. */
export async function hashesThere(R: Remote): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const name of await R.names()) {
    const { Body } = await R.client.send(new GetObjectCommand(R.at(name)));
    hashes[name] = await hashOf(Body as AsyncIterable<Uint8Array>);
  }
  return hashes;
}

async function hashOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash: Hash = createHash("sha256");
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}
