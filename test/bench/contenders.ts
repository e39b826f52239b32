/** s3-bsync and its peers, each as the command that does the same work. */

import { resolve } from "node:path";
import type { Command } from "./measured.ts";
import type { PeerName } from "./peers.ts";
import { destinationOf, type Seat } from "./seat.ts";

export type Runs = (command: Command) => Promise<void>;

export interface Contender {
  readonly name: string;
  /** Without it the contender is left out. */
  readonly peer?: PeerName;
  /** Untimed: what it needs before its first turn in a seat. */
  readonly sitDown?: (seat: Seat, run: Runs) => Promise<void>;
  /** Untimed: its seat has another endpoint now. */
  readonly moved?: (seat: Seat, run: Runs) => Promise<void>;
  readonly run: (seat: Seat) => Command;
  /** Of what s3-bsync does, or of what makes its work safe. */
  readonly leavesOut?: string;
}

export const OURS = "s3-bsync";
const MAIN = resolve(import.meta.dirname, "../../dist/main.js");

export function s3bsync(...words: readonly string[]): Command {
  return { program: process.execPath, words: [MAIN, ...words] };
}

export function initOf(seat: Seat, ...more: readonly string[]): Command {
  return s3bsync("--init", "--dir", seat.tree, destinationOf(seat), ...more);
}

/** Its first run, of a map that has just been made. */
export const first: Contender = {
  name: OURS,
  sitDown: (seat, run) => run(initOf(seat)),
  run: () => s3bsync(),
};

/** A run after others. */
export const again: Contender = {
  name: OURS,
  async sitDown(seat, run) {
    await run(initOf(seat));
    await run(s3bsync());
  },
  moved: (_seat, run) => run(s3bsync("--accept-identity")),
  run: () => s3bsync(),
};

const NOT_ATOMIC = "no condition on any request, no fsync";
const TUNED = ["--transfers", "64", "--checkers", "64", "--fast-list"];

function remoteOf({ bucket, prefix }: Seat): string {
  return `s3:${bucket}/${prefix}`;
}

function rclone(words: readonly string[], config: string): Command {
  return { program: "rclone", words: [...words, "--config", config] };
}

function rcloneUp(name: string, more: readonly string[], leavesOut: string): Contender {
  return {
    name,
    peer: "rclone",
    run: (seat) => rclone(["sync", seat.tree, remoteOf(seat), ...more], `${seat.home}/rclone.conf`),
    leavesOut: `${leavesOut}; one direction: what is new there is deleted; ${NOT_ATOMIC}`,
  };
}

export const rcloneDefault = rcloneUp("rclone sync", [], "the size is checked by a HEAD after each upload");
export const rclone64NoHead = rcloneUp(
  "rclone sync, 64, no head",
  [...TUNED, "--s3-no-head"],
  "what was uploaded is not looked at again",
);
export const rclone64 = rcloneUp("rclone sync, 64", TUNED, "times by a HEAD of each object");
export const rcloneCheapest = rcloneUp(
  "rclone sync, cheapest",
  [...TUNED, "--update", "--use-server-modtime"],
  "an object that is newer than its file is taken to be right, whatever is in it",
);
export const rcloneSizeOnly = rcloneUp(
  "rclone sync, size only",
  [...TUNED, "--size-only"],
  "a change that keeps the size is not seen",
);

export const rclone64Down: Contender = {
  name: "rclone sync, 64",
  peer: "rclone",
  run: (seat) => rclone(["sync", remoteOf(seat), seat.tree, ...TUNED], `${seat.home}/rclone.conf`),
  leavesOut: `one direction; ${NOT_ATOMIC}`,
};

function bisync(seat: Seat, ...more: readonly string[]): Command {
  const words = ["bisync", seat.tree, remoteOf(seat), "--workdir", `${seat.home}/bisync`, ...TUNED];
  return rclone([...words, ...more], `${seat.home}/rclone.conf`);
}

const BISYNC_LEAVES = `changes during the run may be lost; ${NOT_ATOMIC}; after a failed run it may ask for --resync`;

export const bisyncFirst: Contender = {
  name: "rclone bisync, 64",
  peer: "rclone",
  run: (seat) => bisync(seat, "--resync"),
  leavesOut: BISYNC_LEAVES,
};

export const bisyncAgain: Contender = {
  name: "rclone bisync, 64",
  peer: "rclone",
  sitDown: (seat, run) => run(bisync(seat, "--resync")),
  run: (seat) => bisync(seat, "--conflict-resolve", "newer"),
  leavesOut: BISYNC_LEAVES,
};

function s5cmd(name: string, words: (seat: Seat) => readonly string[]): Contender {
  return {
    name,
    peer: "s5cmd",
    run: (seat) => ({ program: "s5cmd", words: ["--log", "error", ...words(seat)] }),
    leavesOut: `sizes and server times only, files get the time of the transfer; one direction; ${NOT_ATOMIC}`,
  };
}

export const s5cmdUp = s5cmd("s5cmd sync", (seat) => [
  "sync",
  "--delete",
  `${seat.tree}/`,
  `${destinationOf(seat)}/`,
]);
export const s5cmdDown = s5cmd("s5cmd sync", (seat) => [
  "sync",
  "--delete",
  `${destinationOf(seat)}/*`,
  `${seat.tree}/`,
]);

function aws(from: (seat: Seat) => string, to: (seat: Seat) => string): Contender {
  return {
    name: "aws s3 sync",
    peer: "aws",
    run: (seat) => ({
      program: "aws",
      words: ["s3", "sync", from(seat), to(seat), "--delete", "--only-show-errors"],
    }),
    leavesOut: `sizes and server times only; one direction; ${NOT_ATOMIC}`,
  };
}

export const awsUp = aws((seat) => seat.tree, destinationOf);
export const awsDown = aws(destinationOf, (seat) => seat.tree);

/** What has no work to compare, such as a program that says its version. */
export function bare(name: string, command: Command, peer?: PeerName): Contender {
  return { name, run: () => command, ...(peer === undefined ? {} : { peer }) };
}
