/** What a comparison of both sides and the records finds at one path. */

import type { ObjectKey } from "./object-key.ts";

export const FINDING_KINDS = [
  /** An object without its file. */
  "missing here",
  /** A file without its object. */
  "missing there",
  /** The two hold different content. */
  "differs",
  /** The two hold the same, and there is no record of it. */
  "not recorded",
  /** The two hold the same, and the record says something else; or there is a record, and neither file nor object. */
  "record differs",
  /** Both are there, and what one of them holds cannot be read. */
  "unreadable",
  /** What is there can be no file or no object, or nobody can tell whether anything is. */
  "unknown",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding {
  readonly key: ObjectKey;
  readonly kind: FindingKind;
  readonly why: string;
}

/** What all the findings of a map add up to. */
export interface Findings {
  /** Paths that were looked at, those without a finding too. */
  readonly paths: number;
  readonly counts: Readonly<Record<FindingKind, number>>;
}
