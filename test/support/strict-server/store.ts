/** Buckets, and the versions of their objects, in memory. */

import { randomBytes } from "node:crypto";

import type { Checksum } from "./checksums.ts";
import { S3Error } from "./s3-error.ts";
import type { Modes } from "./fault-rules.ts";
import type { Tags } from "./tagging.ts";

export type Versioning = "Off" | "Enabled" | "Suspended";

export interface StoredObject {
  readonly bytes: Buffer;
  /** Without quotes. */
  readonly etag: string;
  /** Whole seconds; of one in parts the time at which its upload began. */
  readonly lastModified: Date;
  /** What was said when it was made and comes back with it: content-type, x-amz-meta-*. */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  /** Changed without a new version, ETag or time. */
  tags: Tags;
  readonly checksum: Checksum | undefined;
  /** Sizes; empty where it was put in one piece. */
  readonly parts: readonly number[];
}

export interface Version {
  /** Byte string. */
  readonly key: string;
  /** `null` where the bucket had no versioning. */
  readonly versionId: string;
  /** When it, or the upload of its parts, began: the order of versions. */
  readonly born: number;
  /** undefined: a delete marker */
  readonly object: StoredObject | undefined;
}

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: Date;
  readonly born: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly tags: Tags;
  readonly parts: Map<number, Part>;
}

export interface Part {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly checksum: Checksum | undefined;
}

export class Bucket {
  versioning: Versioning = "Off";
  readonly uploads = new Map<string, Upload>();
  readonly #versions = new Map<string, Version[]>();
  #sorted: { readonly order: Modes["order"]; readonly keys: readonly string[] } | undefined;

  /** The object that a request without a version id means. */
  current(key: string): StoredObject | undefined {
    return this.latest(key)?.object;
  }

  latest(key: string): Version | undefined {
    return this.#versions.get(key)?.at(-1);
  }

  version(key: string, versionId: string): Version | undefined {
    return this.#versions.get(key)?.find((version) => version.versionId === versionId);
  }

  /** @param object undefined: a delete marker */
  add(key: string, object: StoredObject | undefined, born: number): Version {
    const enabled = this.versioning === "Enabled";
    const versionId = enabled ? randomBytes(16).toString("hex") : "null";
    const others = (this.#versions.get(key) ?? []).filter((other) => other.versionId !== versionId);
    const version = { key, versionId, born, object };
    this.#replace(
      key,
      [...others, version].toSorted((a, b) => a.born - b.born),
    );
    return version;
  }

  /** @returns the marker, if the bucket keeps versions */
  remove(key: string, born: number): Version | undefined {
    if (this.versioning !== "Off") return this.add(key, undefined, born);
    this.#replace(key, []);
    return undefined;
  }

  removeVersion(key: string, versionId: string): void {
    this.#replace(
      key,
      (this.#versions.get(key) ?? []).filter((version) => version.versionId !== versionId),
    );
  }

  /** Keys that have an object now, in the order in which this server lists. */
  keys(order: Modes["order"]): readonly string[] {
    if (this.#sorted?.order !== order) {
      const keys = [...this.#versions.keys()].filter((key) => this.current(key) !== undefined);
      const byRank = (a: string, b: string) => (rank(a, order) < rank(b, order) ? -1 : 1);
      this.#sorted = { order, keys: order === "bytes" ? keys.toSorted() : keys.toSorted(byRank) };
    }
    return this.#sorted.keys;
  }

  /** Newest first within a key. */
  allVersions(): readonly Version[] {
    return [...this.#versions.keys()]
      .toSorted()
      .flatMap((key) => (this.#versions.get(key) ?? []).toReversed());
  }

  #replace(key: string, versions: Version[]): void {
    const there = this.current(key) !== undefined;
    if (versions.length === 0) this.#versions.delete(key);
    else this.#versions.set(key, versions);
    if (there !== (this.current(key) !== undefined)) this.#sorted = undefined;
  }
}

/** Strings whose `<` is the order of keys. In tree order "/" comes before every other character. */
export function rank(key: string, order: Modes["order"]): string {
  return order === "bytes" ? key : key.replaceAll("/", "\0");
}

export class Store {
  readonly buckets = new Map<string, Bucket>();
  #born = 0;

  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw new S3Error(404, "NoSuchBucket", { BucketName: name });
    return bucket;
  }

  /** Numbers what is made, in order. */
  birth(): number {
    this.#born += 1;
    return this.#born;
  }
}

/** The clock of S3 has whole seconds. */
export function serverTime(): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000);
}
