/** What new objects are given beside their content. */

/** Headers that a user may set. They go out again with every download of the object, by whomever. */
export const HEADER_NAMES = [
  "Cache-Control",
  "Content-Disposition",
  "Content-Language",
  "Content-Type",
  "Expires",
] as const;
export type HeaderName = (typeof HEADER_NAMES)[number];

export interface HeaderRule {
  /** As in an ignore file at the root of the map; undefined: every object. */
  readonly pattern: string | undefined;
  readonly name: HeaderName;
  /** Printable ASCII; of `Expires` an HTTP date. */
  readonly value: string;
}

/** Of Amazon, for buckets of any kind; other servers have classes of their own. */
export const STORAGE_CLASSES = [
  "STANDARD",
  "STANDARD_IA",
  "INTELLIGENT_TIERING",
  "ONEZONE_IA",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
] as const;

export const ENCRYPTIONS = ["AES256", "aws:kms", "aws:kms:dsse"] as const;

/** By the server. With the keys of a KMS, ETags are no digests. */
export interface Encryption {
  readonly algorithm: (typeof ENCRYPTIONS)[number];
  /** Undefined: the default key of the account; always so with AES256. */
  readonly keyId: string | undefined;
}

export interface ObjectSettings {
  /** In the order given: of those that match an object, the last one of each name counts. */
  readonly headers: readonly HeaderRule[];
  /** Undefined, like `encryption`: as the bucket has it. */
  readonly storageClass: string | undefined;
  readonly encryption: Encryption | undefined;
}

export const NO_SETTINGS: ObjectSettings = { headers: [], storageClass: undefined, encryption: undefined };
