/** What the strict server can be asked to do wrong: the words that its control endpoint and its client share. */

export interface FaultRule {
  /** As AWS calls it, such as `GetObject` or `ListObjectsV2`. */
  readonly operation?: string;
  readonly bucket?: string;
  /** The whole key. */
  readonly key?: string;
  readonly partNumber?: number;
  /** The first match that is hit, counted from 1, which is the default. */
  readonly nth?: number;
  /** How many matches are hit from there on; 1 by default. */
  readonly times?: number | "always";
  readonly effect: Effect;
}

export type Effect =
  /** The connection is cut when the request has been read; nothing is done. */
  | { readonly kind: "cut-before" }
  /** The request is carried out, then the connection is cut instead of an answer. */
  | { readonly kind: "cut-after" }
  /** Nothing is done until the control endpoint releases it. */
  | { readonly kind: "hold" }
  /** Carried out, but the answer comes late; without `ms` never. */
  | { readonly kind: "stall-headers"; readonly ms?: number }
  /** Half of the body, then a pause; without `ms` for ever. */
  | { readonly kind: "stall-body"; readonly ms?: number }
  /** An error answer; nothing is done. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly code: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Status 200, but the body is an error, as AWS does when a long request fails late; nothing is done. */
  | { readonly kind: "error-in-200"; readonly code: string }
  /** The length is announced in full, the connection is cut after half. */
  | { readonly kind: "half-body" }
  /** Half of the body, announced as if it were the whole. */
  | { readonly kind: "short-body" }
  /** One bit in the middle of the body is another. */
  | { readonly kind: "flip-bit" }
  | { readonly kind: "listing"; readonly lie: ListingLie };

export type ListingLie =
  | "empty-body"
  | "html-body"
  | "cut-xml"
  | "no-keys"
  | "drop-keys"
  | "swap-keys"
  | "repeat-key"
  | "foreign-key"
  | "no-is-truncated"
  | "no-token"
  | "same-token";

/** How the whole server differs from S3. */
export interface Modes {
  /** `tree`: segment by segment, `a/x` before `a-b`. */
  readonly order: "bytes" | "tree";
  readonly putConditions: ConditionMode;
  readonly deleteConditions: ConditionMode;
  /** On what CopyObject makes. */
  readonly copyConditions: ConditionMode;
  /** On the source of a copy, whole or of a part. */
  readonly sourceConditions: Exclude<ConditionMode, "refused">;
  /** `random`: looks like an MD5 and is none. `text`: does not look like one. */
  readonly etags: "md5" | "random" | "text";
  /** Stored, and found, under another name. */
  readonly rewrite: { readonly from: string; readonly to: string } | undefined;
  /** Keys of a listing are encoded when that is asked for. */
  readonly encodesKeys: boolean;
}

/** `refused`: 501, with nothing done. */
export type ConditionMode = "honoured" | "ignored" | "refused";

export const AS_AWS: Modes = {
  order: "bytes",
  putConditions: "honoured",
  deleteConditions: "honoured",
  copyConditions: "honoured",
  sourceConditions: "honoured",
  etags: "md5",
  rewrite: undefined,
  encodesKeys: true,
};

/** One request, in the order in which they came. */
export interface LogEntry {
  readonly method: string;
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly conditions: { readonly ifMatch?: string; readonly ifNoneMatch?: string };
  /** Kind of the fault that hit it. */
  readonly fault?: string;
  /** 0: no answer was sent, or not yet. */
  readonly status: number;
}
