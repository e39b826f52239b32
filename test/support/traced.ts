/** What a run of the built command does to the file system, as the kernel sees it. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine, Ran } from "./world.ts";

export const NO_STRACE = "strace cannot be used here";

export function canTrace(): boolean {
  return spawnSync("strace", ["-f", "-qq", "-o", "/dev/null", "true"], { stdio: "ignore" }).status === 0;
}

/** Calls that make, change, move or remove something that has a name. */
const CHANGING =
  /^(?:creat|mkdir|rmdir|rename|unlink|link|symlink|mknod|chmod|fchmod|chown|lchown|fchown|utime|utimes|futimesat|utimensat|truncate|ftruncate|fallocate|setxattr|lsetxattr|fsetxattr|removexattr|mkdirat|renameat2?|unlinkat|linkat|symlinkat|mknodat|fchmodat2?|fchownat|pwrite64|pwritev2?|write|writev|sendfile|copy_file_range)$/;
const TRACED =
  "trace=%file,write,writev,pwrite64,pwritev,pwritev2,ftruncate,fallocate,fchmod,fchown,fsetxattr,sendfile,copy_file_range,utimensat";
/** What is written to there is no file. */
const NO_FILE =
  /<(?:pipe|socket|anon_inode|TCP|TCPv6|UNIX|UNIX-STREAM|NETLINK)?:|<\/dev\/(?:null|pts|tty)|<anon_inode/;

/** @returns how it ran, and every call that succeeded and may have changed a file, one a line */
export async function traced(
  machine: Machine,
  ...argv: readonly string[]
): Promise<{ readonly ran: Ran; readonly changes: readonly string[] }> {
  const log = join(machine.home, "strace.log");
  machine.through = ["strace", "-f", "-qq", "-y", "-s", "256", "-o", log, "-e", TRACED];
  const ran = await machine.run(...argv);
  machine.through = [];
  const changes = whole(readFileSync(log, "utf8")).filter(mayChange);
  return { ran, changes };
}

/** A call that another thread came between stands in two lines. */
function whole(text: string): readonly string[] {
  const open = new Map<string, string>();
  const calls: string[] = [];
  for (const line of text.split("\n")) {
    const [, thread = "", call = ""] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(call)?.[1];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(call)?.[1];
    if (begun !== undefined) open.set(thread, begun);
    else if (resumed !== undefined) calls.push(`${open.get(thread) ?? ""}${resumed}`);
    else if (call !== "") calls.push(call);
  }
  return calls;
}

function mayChange(call: string): boolean {
  if (/ = -1 E[A-Z]+/.test(call)) return false;
  const name = /^(\w+)\(/.exec(call)?.[1] ?? "";
  if (/^open(?:at2?)?$/.test(name))
    return /O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)/.test(call) && !/"\/dev\/(?:null|tty)"/.test(call);
  return CHANGING.test(name) && !NO_FILE.test(call);
}
