/** What the command line says of new objects and of transfers, for a run or to be stored with a map. */

import { headerOption } from "../../core/object-settings.ts";
import { UsageError } from "../../model/errors.ts";
import type { MapOptions } from "../../model/map.ts";
import type { TransferLimits } from "../context.ts";
import type { Flags } from "../options/options.ts";
import { byteRate, count, encryption, headerRule, storageClass } from "../values/values.ts";

/** What the state file takes as one option. */
const MAX_BYTES = 4096;

export const DEFAULT_TRANSFERS: TransferLimits = { concurrency: 64, bytesPerSecond: undefined };
const MOST_AT_ONCE = 256;
/** Slower transfers look as if they had stalled, to the server and to us: so there are fewer of them. */
const BYTES_PER_SECOND_EACH = 32 * 1024;

/** As options of a map. @throws {UsageError} */
export function objectOptions({ header, storageClass: stored, sse }: Flags): MapOptions {
  const headers = headerOption(header.map(headerRule));
  if (Buffer.byteLength(headers) > MAX_BYTES)
    throw new UsageError(`--header: more than ${MAX_BYTES} bytes in all`);
  return {
    ...(headers === "" ? {} : { header: headers }),
    ...(sse === undefined ? {} : { sse: encryption(sse) }),
    ...(stored === undefined ? {} : { "storage-class": storageClass(stored) }),
  };
}

/** @throws {UsageError} */
export function transferLimits({ concurrency, bwlimit }: Flags): TransferLimits {
  const wanted = count("--concurrency", concurrency, { min: 1, max: MOST_AT_ONCE });
  const bytesPerSecond = byteRate("--bwlimit", bwlimit);
  const affordable = Math.max(1, Math.floor((bytesPerSecond ?? Infinity) / BYTES_PER_SECOND_EACH));
  return { concurrency: Math.min(wanted ?? DEFAULT_TRANSFERS.concurrency, affordable), bytesPerSecond };
}
