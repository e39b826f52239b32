/** Object keys, and the one order in which every sequence of this program runs. */

declare const objectKeyTag: unique symbol;

/**
 * Name of an object below a map's prefix, as a *byte string*: one character (0 to 255) a UTF-8 byte.
 *
 * So JavaScript's `<` is the order in which S3 lists (spec/ordering.md, O1), a file name that is not
 * UTF-8 survives, and the state file needs no decoding. Never shown: `keyText` makes text of it.
 */
export type ObjectKey = string & { readonly [objectKeyTag]: true };

export const IGNORE_FILE = ".s3syncignore";

export function keyOfText(text: string): ObjectKey {
  return (isAscii(text) ? text : unescape(encodeURIComponent(text))) as ObjectKey;
}

/** @throws {URIError} the key is not UTF-8 */
export function keyText(key: string): string {
  return isAscii(key) ? key : decodeURIComponent(escape(key));
}

/** Whether a byte string is UTF-8. */
export function isText(bytes: string): boolean {
  try {
    keyText(bytes);
    return true;
  } catch {
    return false;
  }
}

/** For messages: in quotes. Bytes that are not UTF-8 stand as characters. */
export function keyName(key: string): string {
  return JSON.stringify(isText(key) ? keyText(key) : key);
}

/** What stands before every key of a map: its prefix and a "/", or nothing. A byte string. */
export function keyPrefix(prefix: string): string {
  return prefix === "" ? "" : `${keyOfText(prefix)}/`;
}

export function isIgnoreFile(key: ObjectKey): boolean {
  return key === IGNORE_FILE || key.endsWith(`/${IGNORE_FILE}`);
}

/** The directory a key lies in, with its final "/"; "" at the top. */
export function directoryOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}

function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- NUL to DEL is what ASCII is
  return !/[^\0-\x7f]/.test(text);
}
