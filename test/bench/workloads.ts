/** What is measured. One row a workload: how large it is, what changes between its runs, and who competes. */

import {
  again,
  awsDown,
  awsUp,
  bare,
  bisyncAgain,
  bisyncFirst,
  type Contender,
  first,
  rclone64,
  rclone64Down,
  rclone64NoHead,
  rcloneCheapest,
  rcloneDefault,
  rcloneSizeOnly,
  s3bsync,
  s5cmdDown,
  s5cmdUp,
} from "./contenders.ts";
import { decoded, encoded, fetched, parsed, scanned, sent } from "./micro.ts";
import { changeBothSides, type Change } from "./change-both-sides.ts";
import { emptySync, onWrittenState } from "./special-seats.ts";
import { byHand, sealed } from "./sealed-files.ts";
import type { TreeShape } from "./tree.ts";

export type Scale = "small" | "full";

export interface Workload {
  readonly id: string;
  readonly what: string;
  readonly shapes: Readonly<Record<Scale, TreeShape>>;
  /** With answers that take their usual time, and with late ones. */
  readonly delays: readonly ("none" | "late")[];
  /** Shared: made once, for all. Own: made once for each of them, and kept. Fresh: another one for each turn. */
  readonly tree: "shared" | "own" | "fresh" | "none";
  readonly prefix: "shared" | "own" | "fresh";
  /** The prefix holds the files of the shape before anybody begins. */
  readonly isFilled?: true;
  /** Before each turn. */
  readonly change?: Change;
  /** Objects that only a listing knows, on a server of the benchmark's own. */
  readonly isListingOnly?: true;
  /** False: it has none, or they say nothing. */
  readonly countsRequests?: false;
  readonly contenders: readonly Contender[];
}

const NOTHING: TreeShape = { files: 0, bytes: 0 };
const KIB = 1024;
const MIB = 1024 * KIB;

function small4k(full: number, small: number): Workload["shapes"] {
  return { full: { files: full, bytes: 4 * KIB }, small: { files: small, bytes: 4 * KIB } };
}

const UPLOADS = {
  what: "first upload of many small files",
  shapes: small4k(10_000, 500),
  tree: "shared",
  prefix: "fresh",
  contenders: [first, rcloneDefault, rclone64NoHead, bisyncFirst, s5cmdUp, awsUp],
} as const;

const UNCHANGED = { what: "nothing has changed", tree: "shared", prefix: "shared" } as const;

function listingOnly(id: string, files: number, few: number): Workload {
  return {
    ...UNCHANGED,
    id,
    what: "nothing has changed; empty files, objects that only a listing knows",
    shapes: { full: { files, bytes: 0 }, small: { files: few, bytes: 0 } },
    delays: ["none", "late"],
    isListingOnly: true,
    contenders: [onWrittenState, rcloneSizeOnly, rcloneCheapest],
  };
}

/** Of a part of the program. */
function part(
  id: string,
  what: string,
  counts: readonly [number, number],
  contenders: readonly Contender[],
  isMade = false,
): Workload {
  const [full, small] = counts.map((files) => ({ files, bytes: 0 })) as [TreeShape, TreeShape];
  const places = { tree: isMade ? "shared" : "none", prefix: "shared" } as const;
  return {
    id,
    what,
    shapes: { full, small },
    delays: ["none"],
    ...places,
    contenders,
    countsRequests: false,
  };
}

export const WORKLOADS: readonly Workload[] = [
  { id: "W1", ...UPLOADS, delays: ["none"] },
  { id: "W2", ...UPLOADS, delays: ["late"] },
  {
    id: "W3",
    ...UNCHANGED,
    shapes: small4k(10_000, 500),
    delays: ["none", "late"],
    contenders: [again, rclone64, rcloneCheapest, bisyncAgain, s5cmdUp, awsUp],
  },
  {
    id: "W4",
    ...UNCHANGED,
    shapes: { full: { files: 100_000, bytes: 16 }, small: { files: 2_000, bytes: 16 } },
    delays: ["none", "late"],
    contenders: [again, rcloneCheapest, s5cmdUp, awsUp],
  },
  listingOnly("W5-10k", 10_000, 1_000),
  listingOnly("W5-100k", 100_000, 4_000),
  listingOnly("W5-1M", 1_000_000, 20_000),
  { ...listingOnly("W5-3M", 3_000_000, 30_000), delays: ["none"], contenders: [onWrittenState] },
  {
    id: "W6",
    what: "download of many small files into an empty directory",
    shapes: small4k(10_000, 500),
    delays: ["none", "late"],
    tree: "fresh",
    prefix: "shared",
    isFilled: true,
    contenders: [first, rclone64Down, s5cmdDown, awsDown],
  },
  {
    id: "W7",
    what: "1% edited, half on each side, one in a thousand deleted, ten conflicts",
    shapes: small4k(100_000, 1_000),
    delays: ["none", "late"],
    tree: "own",
    prefix: "own",
    change: changeBothSides,
    contenders: [again, bisyncAgain],
  },
  {
    id: "W8-up",
    what: "upload of one large file",
    shapes: { full: { files: 1, bytes: 2048 * MIB }, small: { files: 1, bytes: 48 * MIB } },
    delays: ["none"],
    tree: "shared",
    prefix: "fresh",
    contenders: [first, rcloneDefault, s5cmdUp, awsUp],
  },
  {
    id: "W8-down",
    what: "download of one large file",
    shapes: { full: { files: 1, bytes: 2048 * MIB }, small: { files: 1, bytes: 48 * MIB } },
    delays: ["none"],
    tree: "fresh",
    prefix: "shared",
    isFilled: true,
    contenders: [first, rclone64Down, s5cmdDown, awsDown],
  },
  {
    id: "W9",
    what: "upload of many files, compressed and encrypted",
    shapes: {
      full: { files: 1_000, bytes: 64 * KIB, isText: true },
      small: { files: 50, bytes: 64 * KIB, isText: true },
    },
    delays: ["none"],
    tree: "shared",
    prefix: "fresh",
    contenders: [sealed, byHand],
  },
  {
    id: "W10",
    what: "start",
    shapes: { full: NOTHING, small: NOTHING },
    delays: ["none"],
    tree: "own",
    prefix: "own",
    contenders: [
      bare("s3-bsync --version", s3bsync("--version")),
      bare("s3-bsync --help", s3bsync("--help")),
      emptySync,
      bare("node, nothing", { program: process.execPath, words: ["--eval", "0"] }),
      bare("rclone version", { program: "rclone", words: ["version"] }, "rclone"),
      bare("s5cmd version", { program: "s5cmd", words: ["version"] }, "s5cmd"),
      bare("aws --version", { program: "aws", words: ["--version"] }, "aws"),
    ],
  },
  {
    id: "W11",
    what: "first upload of very many tiny files, for its memory",
    shapes: { full: { files: 100_000, bytes: 16 }, small: { files: 2_000, bytes: 16 } },
    delays: ["none"],
    tree: "shared",
    prefix: "fresh",
    contenders: [first, rclone64NoHead],
  },
  part("M1", "scan of empty files", [100_000, 2_000], scanned, true),
  part("M2-decode", "state file, a record for each file, read", [1_000_000, 20_000], decoded),
  part("M2-encode", "state file, a record for each file, written", [1_000_000, 20_000], encoded),
  part("M3", "pages of a listing, a thousand files each, read", [200_000, 20_000], parsed),
  part("M4-put", "4 KiB for each file, sent", [10_000, 500], sent),
  part("M4-get", "4 KiB for each file, fetched", [10_000, 500], fetched),
];
