/** Options about what uploads carry, and how much is transferred at a time. */

import { ENCRYPTIONS, STORAGE_CLASSES } from "../../model/object-settings.ts";
import { type Option, SWITCH, TEXT, TEXTS } from "./option.ts";

export const TRANSFER_OPTIONS = {
  requestPayer: {
    ...SWITCH,
    group: "connection",
    modes: ["sync", "watch", "status", "verify", "doctor", "init"],
    needsDir: true,
    summary: "Pay for the requests yourself, where the owner of the bucket does not",
  },

  header: {
    ...TEXTS,
    group: "objects",
    modes: ["sync", "watch", "init"],
    needsDir: true,
    value: "[PATTERN: ]NAME: VALUE",
    summary:
      "Set Cache-Control, Content-Disposition, Content-Language, Content-Type or Expires; with a pattern as in .s3syncignore only where it matches. Any number of times: the last that matches counts",
  },
  storageClass: {
    ...TEXT,
    group: "objects",
    modes: ["sync", "watch", "init"],
    needsDir: true,
    value: "CLASS",
    words: STORAGE_CLASSES,
    summary: "Store them so, such as STANDARD_IA (default: as the bucket has it)",
  },
  sse: {
    ...TEXT,
    group: "objects",
    modes: ["sync", "watch", "init"],
    needsDir: true,
    value: "HOW",
    words: ENCRYPTIONS,
    summary:
      "Let the server encrypt them: AES256, aws:kms or aws:kms:KEY-ID, aws:kms:dsse or aws:kms:dsse:KEY-ID (default: as the bucket has it)",
  },

  concurrency: {
    ...TEXT,
    group: "transfers",
    modes: ["sync", "watch"],
    value: "N",
    summary: "Files transferred at a time, 1 to 256 (default: 64)",
  },
  bwlimit: {
    ...TEXT,
    group: "transfers",
    modes: ["sync", "watch"],
    value: "RATE",
    summary:
      "Send and receive no more content than that in a second, both together, such as 500K or 2M; at least 16K",
  },
} as const satisfies Readonly<Record<string, Option>>;
