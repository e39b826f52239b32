/** What only a look inside a file or an object can answer. Answered before the guard, by reading. */

import type { Rule } from "./decision.ts";
import type { Content } from "./etag.ts";
import type { BaseRecord, LocalFile, RemoteObject } from "./observation.ts";
import type { ObjectKey } from "./object-key.ts";

/** Is the file still the content that was recorded? */
export interface IsRecorded {
  readonly verb: "ask";
  readonly ask: "recorded";
  readonly key: ObjectKey;
  /** The rule as long as the answer is open. */
  readonly rule: Rule;
  readonly local: LocalFile;
  readonly remote: RemoteObject | undefined;
  readonly base: BaseRecord;
  /** Its time differs or is racy. Otherwise it looks unchanged, and is about to be overwritten or deleted. */
  readonly touched: boolean;
}

/** Do both sides hold the same content; and if not, which one is newer? */
export interface IsEqual {
  readonly verb: "ask";
  readonly ask: "equal";
  readonly key: ObjectKey;
  readonly rule: Rule;
  readonly local: LocalFile;
  readonly remote: RemoteObject;
  readonly belied?: BaseRecord;
}

/** In which envelope does the object lie, of which nothing else has changed? */
export interface IsEncoded {
  readonly verb: "ask";
  readonly ask: "encoding";
  readonly key: ObjectKey;
  readonly rule: Rule;
  readonly local: LocalFile;
  readonly remote: RemoteObject;
  readonly belied?: undefined;
}

export type Question = IsRecorded | IsEqual | IsEncoded;

export interface RecordedAnswer {
  readonly answer:
    | "yes"
    | "no"
    /** The record holds no digest that could tell. */
    | "unprovable";
  /** What the file holds. */
  readonly content: Content;
}

export interface EqualAnswer {
  readonly equal:
    | boolean
    /** The object's bytes cannot be read, and its size or time differs. */
    | "unreadable";
  /** Modification times in ns since 1970; only needed where the contents differ. */
  readonly localNs: bigint;
  readonly remoteNs: bigint;
}
