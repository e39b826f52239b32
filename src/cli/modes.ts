/** What the program can be asked to do. One run has one mode. */

import { ExitCode } from "../model/exit-code.ts";

export type Mode =
  | "sync"
  | "watch"
  | "service"
  | "status"
  | "verify"
  | "doctor"
  | "init"
  | "dump"
  | "purge"
  | "backups"
  | "restore-backup"
  | "completion";

interface ModeText {
  /** How it is asked for with flags. */
  readonly flags: string;
  readonly summary: string;
  /** How it may end. */
  readonly exits: readonly ExitCode[];
  /** Requests to S3, and the IAM actions that allow them. */
  readonly requests: readonly Request[];
}

interface Request {
  readonly request: string;
  readonly action: string;
  readonly when: string;
}

const READS: readonly Request[] = [
  {
    request: "ListObjectsV2",
    action: "s3:ListBucket",
    when: "once per 1,000 objects; all that a run without changes sends",
  },
  {
    request: "HeadObject",
    action: "s3:GetObject",
    when: "to settle conflicts, before a local file is deleted, and before a change where preconditions are not honoured",
  },
  {
    request: "HeadBucket",
    action: "s3:ListBucket",
    when: "before a local file is deleted: nothing is absent in a bucket that is gone",
  },
  {
    request: "GetObject",
    action: "s3:GetObject",
    when: "to download, to compare contents, and to back up the loser of a conflict",
  },
];

const VERIFIES: readonly Request[] = [
  {
    request: "ListObjectsV2",
    action: "s3:ListBucket",
    when: "once per 1,000 objects; all that --quick sends",
  },
  {
    request: "HeadObject",
    action: "s3:GetObject",
    when: "where the listing does not prove what an object holds",
  },
  { request: "HeadBucket", action: "s3:ListBucket", when: "where an object goes away meanwhile" },
  { request: "GetObject", action: "s3:GetObject", when: "where nothing but the bytes can prove it" },
];

const WRITES: readonly Request[] = [
  {
    request: "PutObject",
    action: "s3:PutObject",
    when: "to upload; the conditional form needs no further action",
  },
  {
    request: "CreateMultipartUpload, UploadPart, CompleteMultipartUpload",
    action: "s3:PutObject",
    when: "to upload large files",
  },
  {
    request: "AbortMultipartUpload",
    action: "s3:AbortMultipartUpload",
    when: "when such an upload fails, or was left by a run that was cut off",
  },
  {
    request: "CopyObject",
    action: "s3:GetObject, s3:PutObject",
    when: "for files renamed here; where objects have tags, it needs s3:GetObjectTagging and s3:PutObjectTagging as well",
  },
  {
    request: "GetObjectTagging, CreateMultipartUpload, UploadPartCopy, CompleteMultipartUpload",
    action: "s3:GetObjectTagging, s3:GetObject, s3:PutObject",
    when: "for files renamed here that are larger than 5 GiB",
  },
  {
    request: "DeleteObject",
    action: "s3:DeleteObject",
    when: "for files deleted here; the condition on the ETag needs s3:GetObject as well",
  },
];

export const MODES: Readonly<Record<Mode, ModeText>> = {
  sync: {
    flags: "",
    summary: "Sync every mapped directory. Silent on success",
    exits: Object.values(ExitCode),
    requests: [...READS, ...WRITES],
  },
  watch: {
    flags: "--watch",
    summary: "Sync now, when something changes here, and every now and then, until a signal ends it",
    exits: [1, 2, 130, 143],
    requests: [...READS, ...WRITES],
  },
  service: {
    flags: "--service",
    summary:
      "Install, remove or show the job that syncs every now and then: service install, remove or status",
    exits: [0, 1, 2, 3, 130, 143],
    requests: [],
  },
  status: {
    flags: "--status",
    summary: "Show how each map stands: last sync, pending changes, conflicts; transfers nothing",
    exits: [0, 1, 2, 3, 4, 6, 130, 143],
    requests: READS,
  },
  verify: {
    flags: "--verify",
    summary: "Compare both sides and the state file by content, and name every difference; changes nothing",
    exits: [0, 1, 2, 3, 130, 143],
    requests: VERIFIES,
  },
  doctor: {
    flags: "--doctor",
    summary: "Look at all that a sync needs, and say what is wrong and what to do; changes nothing",
    exits: [0, 1, 2, 3, 130, 143],
    requests: [
      { request: "ListObjectsV2", action: "s3:ListBucket", when: "once for each map" },
      {
        request: "GetBucketVersioning",
        action: "s3:GetBucketVersioning",
        when: "once for each map; to have no right to ask is no failure",
      },
    ],
  },
  init: {
    flags: "--init",
    summary: "Edit the state file: which directory belongs to which prefix",
    exits: [0, 1, 2, 5, 130, 143],
    requests: [],
  },
  dump: {
    flags: "--dump",
    summary: "Print what the state file holds, and exit",
    exits: [0, 1, 2, 130, 143],
    requests: [],
  },
  purge: {
    flags: "--init --purge",
    summary: "Remove the state file and what lies beside it, but for the backups",
    exits: [0, 1, 2, 5, 130, 143],
    requests: [],
  },
  backups: {
    flags: "--backups",
    summary: "List what runs have put into the backup, and exit",
    exits: [0, 1, 2, 3, 130, 143],
    requests: [],
  },
  "restore-backup": {
    flags: "--restore-backup",
    summary: "Bring versions of one run back from the backup, into a directory",
    exits: [0, 1, 2, 3, 130, 143],
    requests: [],
  },
  completion: {
    flags: "--completion",
    summary: "Print a script that completes the words of this command in a shell",
    exits: [0, 2],
    requests: [],
  },
};

/** With `--dryrun`, the default mode sends nothing but these. */
export const DRY_RUN_REQUESTS = READS;

/** The first argument may be a mode's name instead of its flags. */
export function isMode(word: string | undefined): word is Mode {
  return word !== undefined && Object.hasOwn(MODES, word);
}

export function flagWords(mode: Mode): readonly string[] {
  return MODES[mode].flags.split(" ").filter((word) => word !== "");
}
