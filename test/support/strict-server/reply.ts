/** What an operation gives back. */

import { document } from "./xml.ts";
import type { Body } from "./read-body.ts";
import type { S3Request } from "./s3-request.ts";
import type { Modes } from "./fault-rules.ts";
import type { Bucket, Store } from "./store.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** All that an operation may use. */
export interface Call {
  readonly request: S3Request;
  readonly body: Body;
  readonly store: Store;
  /** The bucket of the request. @throws {S3Error} it does not exist */
  readonly bucket: () => Bucket;
  readonly modes: Modes;
}

export function empty(status: number, headers: Reply["headers"] = {}): Reply {
  return { status, headers, body: Buffer.alloc(0) };
}

export function xmlReply(root: string, headers: Reply["headers"] = {}): Reply {
  const body = Buffer.from(document(root), "latin1");
  return { status: 200, headers: { "content-type": "application/xml", ...headers }, body };
}
