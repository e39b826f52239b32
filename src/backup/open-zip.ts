/** One archive, open, with the checks that the package leaves out: whoever can write to the folder can write lies. */

import { closeSync, constants, fstatSync, openSync } from "node:fs";
import StreamZip from "node-stream-zip";
import { PathError } from "../model/errors.ts";
import { CONTENT_ENTRY, MANIFEST_ENTRY, MANIFEST_MAX } from "./manifest.ts";
import { damaged, directoryStart } from "./zip-end.ts";

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

export interface OpenZip {
  /** Of the content as it is stored. */
  readonly size: number;
  readonly crc32: number;
  manifest(): Promise<string>;
  /** As many bytes as `size` says; nothing else about them is proved. */
  content(): AsyncIterable<Uint8Array>;
  close(): void;
}

/** @throws {PathError} it is none of ours, or damaged @throws what the file system says */
export async function openZip(path: string): Promise<OpenZip> {
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const seen = fstatSync(fd);
    if (!seen.isFile()) throw damaged("it is no file");
    const end = directoryStart(fd, seen.size);
    const zip = new StreamZip.async({ fd, skipEntryNameValidation: true });
    const entries = Object.values(await readable(zip.entries()));
    const [content, manifest] = [CONTENT_ENTRY, MANIFEST_ENTRY].map((name) => entryOf(entries, name, end));
    if (content === undefined || manifest === undefined) throw damaged("an entry is missing");
    if (content.offset + content.size >= manifest.offset) throw damaged("its entries overlap");
    if (manifest.size > MANIFEST_MAX) throw damaged("its manifest is too long");
    return {
      size: content.size,
      crc32: content.crc,
      manifest: async () => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of bytesOf(zip, manifest, end)) chunks.push(chunk);
        return Buffer.concat(chunks).toString("utf8");
      },
      content: () => bytesOf(zip, content, manifest.offset),
      close: () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

type Entry = Awaited<ReturnType<InstanceType<typeof StreamZip.async>["entries"]>>[string];

/** Of the larger form too, no number is above what the file has room for. */
function entryOf(entries: readonly Entry[], name: string, end: number): Entry {
  const stranger = entries.find((entry) => entry.name !== CONTENT_ENTRY && entry.name !== MANIFEST_ENTRY);
  if (stranger !== undefined)
    throw damaged(`it holds an entry that is none of ours: ${JSON.stringify(stranger.name)}`);
  const entry = entries.find((each) => each.name === name);
  if (entry === undefined) throw damaged(`it does not hold ${name} once`);
  const kind = entry.attr >>> 16;
  if ((kind & S_IFMT) !== S_IFREG) throw damaged(`its entry ${name} is no file`);
  if (entry.encrypted) throw damaged(`its entry ${name} is encrypted`);
  if (entry.method !== 0 || entry.compressedSize !== entry.size)
    throw damaged(`its entry ${name} is compressed`);
  if (!(entry.offset + entry.size < end)) throw damaged(`its entry ${name} is larger than the archive`);
  return entry;
}

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;

/** The header beside the content may say other things than the directory, and the package believes it. */
async function* bytesOf(
  zip: InstanceType<typeof StreamZip.async>,
  { name, size }: Entry,
  end: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = (await readable(zip.stream(name))) as NodeJS.ReadableStream & AsyncIterable<Buffer>;
  stream.on("error", () => {}); // one that comes when nobody reads any more
  const here = (await zip.entry(name)) as (Entry & Partial<LocalHeader>) | undefined;
  const { fnameLen = 0, extraLen = 0 } = here ?? {};
  const isAsListed = here?.method === 0 && here.offset + HEADER_BYTES + fnameLen + extraLen + size <= end;
  if (!isAsListed) throw damaged(`its entry ${name} is not what the directory says`);
  let got = 0;
  try {
    for await (const chunk of stream) {
      got += chunk.length;
      if (got > size) break;
      yield chunk;
    }
  } catch (error) {
    throw archiveError(error);
  }
  if (got !== size) throw damaged(`its entry ${name} has another length`);
}

const HEADER_BYTES = 30;

/** What the package reads of a header, and does not declare. */
interface LocalHeader {
  readonly fnameLen: number;
  readonly extraLen: number;
}

async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw archiveError(error);
  }
}

/** Errors of the package are about the archive, but for those of the system. */
function archiveError(error: unknown): unknown {
  if (error instanceof Error && "errno" in error) return error;
  return new PathError(`is damaged: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}
