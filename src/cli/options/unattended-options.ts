/** Options of runs that nobody watches. */

import { SCHEDULER_NAMES } from "../host.ts";
import { type Option, SWITCH, TEXT } from "./option.ts";
import { JOB_ACTS, REPORT_POLICIES } from "../values/unattended-values.ts";

export const UNATTENDED_OPTIONS = {
  watch: {
    ...SWITCH,
    group: "unattended",
    modes: ["watch"],
    summary: "Go on running, and sync when something changes here, and look at S3 every now and then",
  },
  settle: {
    ...TEXT,
    group: "unattended",
    modes: ["watch"],
    value: "SECONDS",
    summary: "Run when nothing has changed for so long (default: 2); at the latest after 15 times that",
  },
  poll: {
    ...TEXT,
    group: "unattended",
    modes: ["watch"],
    value: "SECONDS",
    summary: "Run at the latest so long after the last run, give or take a tenth (default: 60)",
  },
  service: {
    ...TEXT,
    group: "unattended",
    modes: ["service"],
    value: "WHAT",
    words: JOB_ACTS,
    summary: "install a job that syncs every now and then, remove it, or tell its status",
  },
  every: {
    ...TEXT,
    group: "unattended",
    modes: ["service"],
    value: "MINUTES",
    summary: "How often the job runs (default: 15)",
  },
  scheduler: {
    ...TEXT,
    group: "unattended",
    modes: ["service"],
    value: "NAME",
    words: SCHEDULER_NAMES,
    summary: "Use this one: systemd, launchd or cron, not the one that is found",
  },
  skipMissing: {
    ...SWITCH,
    group: "unattended",
    modes: ["sync", "watch", "status", "service"],
    summary: "Pass silently over maps whose directory is missing, such as that of a disk that is unplugged",
  },
  report: {
    ...TEXT,
    group: "unattended",
    modes: ["sync", "watch", "service"],
    value: "WHEN",
    words: REPORT_POLICIES,
    summary:
      "Tell of trouble always (default), or when it changes (default of --watch and --service): a report that equals the last one is told once in 24 hours. The exit code is the same",
  },
  onFailure: {
    ...TEXT,
    group: "unattended",
    modes: ["sync", "watch", "service"],
    value: "COMMAND",
    summary:
      "Run this by /bin/sh after a run that ends with 1, 3, 4 or 6 and is told of; S3_BSYNC_EXIT_CODE has the code, standard input the report",
  },
  staleAfter: {
    ...TEXT,
    group: "unattended",
    modes: ["sync", "watch", "status", "service"],
    value: "DAYS",
    summary:
      "Where a map fails and its last run to the end was longer ago, say so in one line (default: 7; never: do not)",
  },
} as const satisfies Readonly<Record<string, Option>>;
