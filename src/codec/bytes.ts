/** Where the codec's bytes come from and go to, and the few encodings that it needs. */

export interface ByteSource {
  /** Fills `into` from index `at`, as far as it likes. @returns bytes read; 0 only at the end */
  read(into: Uint8Array, at: number): number;
  /** The first `end` bytes, one character each: ISO 8859-1, not windows-1252 (so not TextDecoder). */
  latin1(bytes: Uint8Array, end: number): string;
}

/** Takes the bytes before it returns: their buffer is used again. */
export type Sink = (bytes: Uint8Array) => void;

/** Little-endian; not exact above 2^53-1. */
export function u64(bytes: Uint8Array, at: number): number {
  return u32(bytes, at) + u32(bytes, at + 4) * 0x1_0000_0000;
}

function u32(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
  return low + (bytes[at + 3] as number) * 0x100_0000;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const HIGH = Uint8Array.from(HEX, (digits) => digits.charCodeAt(0));
const LOW = Uint8Array.from(HEX, (digits) => digits.charCodeAt(1));

const DIGITS: number[] = Array.from({ length: 32 }, () => 0);

/** Sixteen bytes as 32 lower-case digits; joined one by one they would leave ten times the garbage. */
export function hex16(bytes: Uint8Array, at: number): string {
  for (let i = 0; i < 16; i++) {
    const byte = bytes[at + i] as number;
    DIGITS[2 * i] = HIGH[byte] as number;
    DIGITS[2 * i + 1] = LOW[byte] as number;
  }
  return String.fromCharCode.apply(undefined, DIGITS);
}

/** As the format is written down: upper case, a space between bytes. */
export function hexBytes(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => (HEX[byte] ?? "").toUpperCase()).join(" ");
}

/** Whether these bytes are well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF. */
export function isUtf8(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from;
  while (i < to) {
    const lead = bytes[i++] as number;
    if (lead < 0x80) continue;
    const more = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
    if (more === 0 || i + more > to) return false;
    const second = bytes[i] as number;
    if (lead === 0xe0 && second < 0xa0) return false;
    if (lead === 0xed && second > 0x9f) return false;
    if (lead === 0xf0 && second < 0x90) return false;
    if (lead === 0xf4 && second > 0x8f) return false;
    for (const end = i + more; i < end; i++) if (((bytes[i] as number) & 0xc0) !== 0x80) return false;
  }
  return true;
}
