/** What a close look at the surroundings of a run has shown. Facts only: what is well is for `--doctor` to say. */

import type { BsyncError } from "./errors.ts";
import type { DirectoryMap } from "./map.ts";
import type { EndpointFacts } from "./pair.ts";

/** Which part of the way to S3 is in trouble; each needs those before it. */
export const WAY = ["endpoint", "clock", "credentials", "region", "bucket", "listing"] as const;
export type PartOfWay = (typeof WAY)[number];

export interface Trouble {
  readonly of: PartOfWay;
  readonly error: BsyncError;
}

/** Where credentials come from. The credentials themselves never leave the client. */
export type CredentialSource = "environment" | "profile" | "login" | "web identity" | "program" | "service";

export interface WayToBucket {
  readonly endpoint: string;
  readonly region: string;
  /** Undefined: none were found. */
  readonly credentials:
    | { readonly source: CredentialSource; readonly expiresMs: number | undefined }
    | undefined;
  /** Undefined: the prefix can be listed. */
  readonly trouble: Trouble | undefined;
  /** How far our clock is ahead, in ms; undefined: the server has not said. */
  readonly clockAheadMs: number | undefined;
  /** Untold: nobody may ask, or the server does not know of it. */
  readonly versioning: "on" | "suspended" | "off" | "untold";
}

/** Of a directory that is there. */
export interface RootFacts {
  /** Why it cannot be read, or written; undefined: it can. */
  readonly unreadable: string | undefined;
  readonly unwritable: string | undefined;
  /** The finest step of any time that was seen there, in ns. */
  readonly stepNs: number;
  readonly foldsNames: boolean;
}

export interface MapFacts {
  /** Undefined: there is no such directory. */
  readonly root: RootFacts | undefined;
  readonly way: WayToBucket;
  /** What earlier runs have learnt of the endpoint. */
  readonly learnt: EndpointFacts;
  /** Undefined: the map is not encrypted. */
  readonly key: { readonly canDecrypt: boolean } | BsyncError | undefined;
}

export interface StateFacts {
  readonly nodeVersion: string;
  /** Of the state file, which is whole. */
  readonly maps: readonly DirectoryMap[];
  /** Permission bits of the state file and of the folder beside it. */
  readonly fileMode: number;
  /** Undefined: not there. */
  readonly folderMode: number | undefined;
  /** Why nothing can be written there; undefined: it can. */
  readonly unwritable: string | undefined;
}
