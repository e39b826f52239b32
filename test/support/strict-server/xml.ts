/** As much XML as S3 needs. Text is given and returned as byte strings: one character a UTF-8 byte. */

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const UNESCAPES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

export function document(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
}

/** @param content text, which is escaped, or what is XML already */
export function element(name: string, content: string | number | boolean | { readonly xml: string }): string {
  return `<${name}>${typeof content === "object" ? content.xml : escaped(String(content))}</${name}>`;
}

export function elements(name: string, text: string): readonly string[] {
  return [...text.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^]*?)</${name}>`, "g"))].map(
    (match) => match[1] ?? "",
  );
}

/** Text of the first element of that name. */
export function textOf(name: string, text: string): string | undefined {
  const inner = elements(name, text)[0];
  return inner === undefined ? undefined : unescaped(inner);
}

function escaped(text: string): string {
  // oxlint-disable-next-line no-control-regex -- S3 writes control characters as references
  return text.replace(/[&<>"\0-\x1f]/g, (char) => ESCAPES[char] ?? `&#x${char.charCodeAt(0).toString(16)};`);
}

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) => {
    if (hex !== undefined) return bytesOf(Number.parseInt(hex, 16));
    if (decimal !== undefined) return bytesOf(Number(decimal));
    return UNESCAPES[name] ?? all;
  });
}

function bytesOf(codePoint: number): string {
  return Buffer.from(String.fromCodePoint(codePoint)).toString("latin1");
}
