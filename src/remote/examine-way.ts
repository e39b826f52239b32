/** Goes the way to one prefix, part by part: by one page of its listing. Reads only. */

import { BsyncError } from "../model/errors.ts";
import type { CredentialSource, Trouble, WayToBucket } from "../model/examination.ts";
import { keyPrefix } from "../model/object-key.ts";
import { type Api, newApi } from "./wire/api.ts";
import { AWS_ENDPOINT, type Connection } from "./wire/connection.ts";
import { contentOnWire } from "./wire/content-on-wire.ts";
import { listPage } from "./listing/list-pages.ts";
import { newRequests, type Send } from "./wire/requests.ts";
import { PATIENCE } from "./wire/retry.ts";
import { troubleOf } from "./wire/store-errors.ts";

export interface ExamineOptions {
  readonly bucket: string;
  /** As in a map: text, without a final "/". */
  readonly prefix: string;
  readonly connection: Connection;
  /** In ms since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** @throws {BsyncError} a signal */
export async function examineWay(options: ExamineOptions): Promise<WayToBucket> {
  const { bucket, prefix, connection, now, signal } = options;
  const endpoint = connection.endpoint ?? AWS_ENDPOINT;
  const about = { endpoint, region: connection.region };
  const untold = { clockAheadMs: undefined, versioning: "untold" } as const;
  const errand = { bucket, prefix, endpoint, key: undefined };
  let api: Api;
  try {
    api = newApi({
      bucket,
      prefix,
      connection,
      wire: contentOnWire({ throttle: undefined, finely: false }),
      moved: () => {},
      now,
      stallMs: PATIENCE.stallMs,
      atOnce: 1,
    });
  } catch (error) {
    if (!(error instanceof BsyncError)) throw error;
    return { ...about, ...untold, credentials: undefined, trouble: { of: "endpoint", error } };
  }
  try {
    const { send } = newRequests({ api, patience: PATIENCE, now, signal, atOnce: 1 });
    const trying = async <T>(step: () => Promise<T>): Promise<T | Trouble> => {
      try {
        return await step();
      } catch (error) {
        const trouble = signal.aborted ? undefined : troubleOf(error, errand);
        if (trouble === undefined) throw error;
        return trouble;
      }
    };
    const credentials = await trying(() => credentialsOf(api));
    if ("error" in credentials) return { ...about, ...untold, credentials: undefined, trouble: credentials };
    const aws = connection.endpoint === undefined;
    const wanted = { recursive: false, token: undefined, after: "" };
    const listed = await trying(() => listPage({ bucket, prefix: keyPrefix(prefix), aws, send }, wanted));
    const trouble = "error" in listed ? listed : undefined;
    const versioning = trouble === undefined ? await versioningOf(send, bucket) : "untold";
    return { ...about, credentials, trouble, clockAheadMs: api.clock.aheadMs, versioning };
  } finally {
    api.close();
  }
}

/** What the SDK calls the places where it finds credentials, by a part of the name. */
const SOURCES: readonly (readonly [part: RegExp, source: CredentialSource])[] = [
  [/STS_WEB_ID|ASSUME_ROLE_WEB_ID/, "web identity"],
  [/SSO|LOGIN/, "login"],
  [/PROCESS/, "program"],
  [/ENV_VARS/, "environment"],
  [/PROFILE|ASSUME_ROLE/, "profile"],
];

async function credentialsOf(api: Api): Promise<NonNullable<WayToBucket["credentials"]>> {
  const found: { readonly $source?: object; readonly expiration?: Date } = await api.credentials();
  const names = Object.keys(found.$source ?? {}).join();
  const source = SOURCES.find(([part]) => part.test(names))?.[1] ?? "service";
  return { source, expiresMs: found.expiration?.getTime() };
}

/** To have no right to ask is no trouble. */
async function versioningOf(send: Send, bucket: string): Promise<WayToBucket["versioning"]> {
  try {
    const answered = await send(
      "get",
      (api, options) => api.sdk((sdk) => new sdk.GetBucketVersioningCommand({ Bucket: bucket }), options),
      { never: "transient" },
    );
    if (answered.Status === undefined) return "off";
    return answered.Status === "Enabled" ? "on" : "suspended";
  } catch (error) {
    if (error instanceof BsyncError) throw error;
    return "untold";
  }
}
