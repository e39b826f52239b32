/** Keys as byte strings: one character (0 to 255) a UTF-8 byte, so that `<` is the order of S3. */

export function bytesOfText(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function textOfBytes(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

export function isUtf8(bytes: string): boolean {
  return bytesOfText(textOfBytes(bytes)) === bytes;
}

/** @returns undefined: not a percent encoding */
export function percentDecoded(text: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined;
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** As AWS encodes: all but letters, digits and `-._~`. */
export function percentEncoded(bytes: string, keep = ""): string {
  return bytes.replace(/[^A-Za-z0-9\-._~]/g, (char) =>
    keep.includes(char) ? char : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
