/** What requests cost at Amazon's list price. */

import type { RequestKind } from "../model/request-kind.ts";

/**
 * Ten-millionths of a US dollar: S3 Standard in us-east-1, https://aws.amazon.com/s3/pricing/ "Requests & data retrievals".
 * PUT, COPY, POST and LIST are one price, GET and all others another one; DELETE is free.
 */
const PRICES: Readonly<Record<RequestKind, number>> = {
  list: 50, // 0.005 dollars a thousand
  put: 50,
  head: 4, // 0.0004 dollars a thousand
  get: 4,
  delete: 0,
};

/** In US dollars, for the requests alone. @returns undefined: the endpoint is not Amazon's, and what it costs is not known */
export function listPriceUsd(
  endpoint: string | undefined,
  requests: Readonly<Record<RequestKind, number>>,
): number | undefined {
  if (endpoint === undefined || !/^https?:\/\/(?:[^/]+\.)?amazonaws\.com(?::\d+)?(?:\/|$)/.test(endpoint))
    return undefined;
  const kinds = Object.keys(PRICES) as RequestKind[];
  return kinds.reduce((sum, kind) => sum + requests[kind] * PRICES[kind], 0) / 1e7;
}
