/** Names as text that is one line and does nothing to a terminal, whatever bytes they hold. */

import { keyText, type ObjectKey } from "../../model/object-key.ts";

/** Controls, what turns the direction of text, lone surrogates, unassigned code points, odd spaces and line ends. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;
/** In quotes, these would end or blur the name. */
const IN_QUOTES = /["\\]/g;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** As it is where that is clear, else in quotes with escapes: `"a\nb"`. */
export function shown(name: string): string {
  const isPlain =
    name !== "" && name.trim() === name && name.search(IN_QUOTES) === -1 && name.search(UNPRINTABLE) === -1;
  return isPlain ? name : `"${printable(name.replace(IN_QUOTES, "\\$&"))}"`;
}

/** Bytes that are not UTF-8 are shown as `\x` and two hex digits. */
export function shownKey(key: ObjectKey): string {
  return shownPath("", key);
}

/** A file of a map by its whole path. */
export function shownPath(root: string, key: ObjectKey): string {
  const folder = root === "" || root.endsWith("/") ? root : `${root}/`;
  const text = decoded(key);
  if (text !== undefined) return shown(folder + text);
  const bytes = key.replace(/[^ !#-[\]-~]/g, (byte) =>
    byte < "\x80" ? printable(byte.replace(IN_QUOTES, "\\$&")) : hexByte(byte),
  );
  return `"${printable(folder.replace(IN_QUOTES, "\\$&"))}${bytes}"`;
}

/** A sentence that holds names: nothing is quoted, but it stays one line. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (char) => SHORT[char] ?? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** @returns undefined: the key is not UTF-8 */
export function decoded(key: ObjectKey): string | undefined {
  try {
    return keyText(key);
  } catch {
    return undefined;
  }
}

function hexByte(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
