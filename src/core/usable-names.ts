/** Which names can be both a key and a file. */

/** Bytes, of S3 and of every file system in use. */
const KEY_MAX = 1024;
const COMPONENT_MAX = 255;

/** What a download is called before it is in its place: never scanned, so never synced. */
const SET_ASIDE = /(?:^|\/)\.s3-bsync-[0-9a-f]{32}$/;

/** Well-formed UTF-8 (RFC 3629, section 4) in a byte string. */
const UTF8 =
  // oxlint-disable-next-line no-control-regex -- NUL to DEL is what ASCII is
  /^(?:[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})*$/;

/** Everything that needs a closer look. Most names have none of it. */
// oxlint-disable-next-line no-control-regex -- NUL is one of the faults
const SUSPECT = /[\0\x80-\xff]|(?:^|\/)\.{0,2}(?:\/|$)|\.s3-bsync-/;

/**
 * `key` is a byte string relative to the map's prefix, `wholeKeyBytes` its length with the prefix.
 * @returns why it cannot be both; undefined: it can
 */
export function nameFault(key: string, wholeKeyBytes: number): string | undefined {
  if (wholeKeyBytes > KEY_MAX) return `the key is longer than ${KEY_MAX} bytes`;
  if (key.length > COMPONENT_MAX && key.split("/").some((part) => part.length > COMPONENT_MAX)) {
    return `a component is longer than ${COMPONENT_MAX} bytes`;
  }
  if (!SUSPECT.test(key)) return undefined;
  if (key.includes("\0")) return "the name holds a NUL";
  if (!UTF8.test(key)) return "the name is not valid UTF-8";
  if (key.startsWith("/")) return "the name begins with a slash";
  if (key.endsWith("/")) return "the name ends in a slash, and there is content";
  if (SET_ASIDE.test(key)) return "the name is that of a temporary file of s3-bsync";
  const bad = key.split("/").find((part) => part === "" || part === "." || part === "..");
  if (bad === undefined) return undefined;
  return bad === "" ? "the name has an empty component" : `the name has the component "${bad}"`;
}
