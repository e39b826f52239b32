/** What everything that speaks to one prefix of one bucket shares. */

import type { Gate } from "../core/gate.ts";
import type { HeadersFor } from "../core/headers-by.ts";
import type { ObjectSettings } from "../model/object-settings.ts";
import type { EndpointMemory } from "../ports/endpoint-memory.ts";
import type { NewSpool } from "../ports/spool.ts";
import type { Moved } from "../ports/watcher.ts";
import type { Send } from "./wire/requests.ts";

export interface Remote {
  readonly bucket: string;
  /** What stands before every key: a byte string, "" or ending in "/". */
  readonly prefix: string;
  /** Amazon S3 itself, not another server. */
  readonly aws: boolean;
  readonly send: Send;
  readonly moved: Moved;
  /** What new objects are given. */
  readonly settings: Pick<ObjectSettings, "storageClass" | "encryption"> & { readonly headers: HeadersFor };
  readonly memory: EndpointMemory;
  readonly newSpool: NewSpool;
  readonly now: () => number;
  /** Odd characters of names that were seen to be kept, in this run. */
  readonly keptChars: Set<string>;
  /** Larger objects are copied in parts. */
  readonly copyMax: number;
  /** Content in memory, over all requests. */
  readonly bytes: Gate;
}
