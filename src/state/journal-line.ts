/** Lines of a journal: each carries its own checksum, so that a reader sees where a power cut has torn the file. */

import { readSync } from "node:fs";
import { crc32 } from "node:zlib";

/** No honest line comes near: two keys of 1,024 bytes, or a path of 4,096, at six characters a byte. */
const MAX_LINE_BYTES = 64 * 1024;

const FORM = /^[0-9a-f]{8} \{/;
const CRC_DIGITS = 8;
const LF = 0x0a;

export function journalLine(value: object): string {
  const json = JSON.stringify(value);
  return `${crc32(json).toString(16).padStart(CRC_DIGITS, "0")} ${json}\n`;
}

export interface ReadLine {
  readonly value: unknown;
  /** Where the next one begins. */
  readonly end: number;
}

/**
 * The whole lines, up to the first that is not. All that was promised to be durable was so before the next
 * bytes were written: so what follows a torn line was never promised, and nothing was done on the strength of it.
 *
 * Only the first line may be amiss with others after it. It says which state the journal began on: without it
 * they still name the paths that may have changed.
 */
export function* journalLines(fd: number): Generator<ReadLine, void, undefined> {
  const window = Buffer.allocUnsafe(MAX_LINE_BYTES);
  let origin = 0; // of the window, in the file
  let filled = 0;
  for (;;) {
    const read = readSync(fd, window, filled, window.length - filled, origin + filled);
    filled += read;
    let start = 0;
    for (let lf; (lf = window.subarray(0, filled).indexOf(LF, start)) >= 0; start = lf + 1) {
      const value = valueOf(window.subarray(start, lf));
      if (value !== undefined) yield { value, end: origin + lf + 1 };
      else if (origin + start > 0) return;
    }
    if (read === 0 || (start === 0 && filled === window.length)) return;
    window.copyWithin(0, start, filled);
    origin += start;
    filled -= start;
  }
}

/** @returns undefined: torn, or not ours */
function valueOf(line: Buffer): unknown {
  const crc = line.toString("latin1", 0, CRC_DIGITS + 2);
  if (!FORM.test(crc)) return undefined;
  const json = line.subarray(CRC_DIGITS + 1);
  if (crc32(json) !== Number.parseInt(crc, 16)) return undefined;
  try {
    return JSON.parse(json.toString()) as unknown;
  } catch {
    return undefined;
  }
}
