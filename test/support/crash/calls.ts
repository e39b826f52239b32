/** System calls of a run that change something, as strace tells them. */

/** All that can change a file, a name or the other end of a connection. */
export const MUTATING: readonly string[] = wordsOf(`
  openat open creat write writev pwrite64 pwritev sendto sendmsg sendfile fsync fdatasync
  link linkat symlink symlinkat rename renameat renameat2 unlink unlinkat mkdir mkdirat rmdir
  chmod fchmod fchmodat chown fchown fchownat utimensat truncate ftruncate fallocate copy_file_range setxattr`);

export interface Call {
  readonly name: string;
  /** Among the calls of this name in its thread, from 1. */
  readonly nth: number;
  /** What it is done to, without what is random or differs from run to run; undefined: it changes nothing. */
  readonly target: string | undefined;
}

/** @param trace of one thread, from the moment at which it was held */
export function callsIn(trace: string, home: string): readonly Call[] {
  const counts = new Map<string, number>();
  const calls: Call[] = [];
  for (const line of trace.split("\n")) {
    const [, name, rest] = /^(\w+)\((.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    calls.push({ name, nth, target: targetOf(name, rest, home) });
  }
  return calls;
}

function targetOf(name: string, words: string, home: string): string | undefined {
  if (name.startsWith("open") && !/O_CREAT|O_TRUNC/.test(words)) return undefined;
  const file = /^\d+<([^>]*)>?/.exec(words)?.[1];
  if (file !== undefined && /^(?:socket|TCP)/.test(file)) return requestIn(words);
  if (file !== undefined && !file.startsWith("/")) return undefined;
  const paths = [...words.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? "");
  return (file === undefined ? paths : [file]).map((path) => steady(path, home)).join(" -> ");
}

/** What only asks changes nothing. */
function requestIn(words: string): string | undefined {
  const [, method, path, query] = /"([A-Z]+) \/([^ ?"]*)\??([^ "]*)/.exec(words) ?? [];
  if (method === undefined || path === undefined) return "body";
  if (method === "GET" || method === "HEAD") return undefined;
  const what = ["list-type", "uploads", "partNumber", "uploadId"].find((word) => query?.includes(word));
  return `${method} ${path.split("/").slice(2).join("/")}${what === undefined ? "" : `?${what}`}`;
}

/** Names that are drawn or counted look the same in every run. */
function steady(path: string, home: string): string {
  return path
    .replace(home, "~")
    .replace(/^\/proc\/(?:self|\d+)\/fd\/\d+/, "fd")
    .replaceAll(/[0-9a-f]{32}|(?<=journal-)[0-9a-f]{16}/g, "#")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d-]+Z/g, "TIME")
    .replaceAll(/\d{4}(?=\.zip)/g, "N");
}

/** Calls that change something, each told from its like by a number. */
export function labelled(
  calls: readonly Call[],
): readonly (Call & { readonly what: string; readonly count: number })[] {
  const counts = new Map<string, number>();
  return calls.flatMap((call) => {
    if (call.target === undefined) return [];
    const what = `${isWrite(call.name) ? "write" : call.name} ${call.target}`;
    const count = (counts.get(what) ?? 0) + 1;
    counts.set(what, count);
    return [{ ...call, what, count }];
  });
}

/** Which one it is depends on how much was there to be written. */
function isWrite(name: string): boolean {
  return /^p?writev?(?:64)?$/.test(name);
}

function wordsOf(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
