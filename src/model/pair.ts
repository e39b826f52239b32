/** What ties a map's records to one directory and one prefix: beside the state file, never in it. */

import type { ExitCode } from "./exit-code.ts";

/** Never the device number: it changes with a reboot. */
export interface RootIdentity {
  readonly realPath: string;
  readonly ino: number;
  /** When the directory was made, in ms; 0 where the file system does not say. */
  readonly birthMs: number;
}

export interface PairIdentity {
  readonly endpoint: string;
  readonly root: RootIdentity;
  /** Content was stored in envelopes, whatever the options of the map are now. */
  readonly hadEnvelopes?: true;
}

/** What is remembered of a map beside its records. */
export interface MapMemory {
  /** When its scan began in the last run that recorded it, in ms; 0: never. */
  readonly momentMs: number;
  readonly identity: PairIdentity | undefined;
}

/** How the last run of all maps ended, where that was not with 0. */
export interface BadEnd {
  readonly exitCode: ExitCode;
  /** In ms since 1970. */
  readonly endedMs: number;
}

/** What an endpoint was seen to do with one bucket. */
export interface EndpointFacts {
  /** `bytes` only where a listing has shown it: `a-b` before `a/x`. */
  readonly order: "untold" | "bytes" | "other";
  /** Whether a PUT, and a DELETE, with a condition that does not hold was refused. */
  readonly conditionalPut: Verdict;
  readonly conditionalDelete: Verdict;
  /** Characters that it stores as others. */
  readonly rewrites: string;
  /** Whether the ETag of what we put in one request was its MD5. */
  readonly md5Etags: "untold" | "yes" | "no";
  /** When the verdicts on conditions were found, in ms. */
  readonly seenMs: number;
}

type Verdict = "untold" | "honoured" | "ignored" | "refused";

export const NO_FACTS: EndpointFacts = {
  order: "untold",
  conditionalPut: "untold",
  conditionalDelete: "untold",
  rewrites: "",
  md5Etags: "untold",
  seenMs: 0,
};
