/**
 * What the server is asked. The frequent requests are built here and signed by the SDK's signer, because its client costs
 * several times what they do; everything rare goes through it, and it is loaded only then.
 */

import type { Readable } from "node:stream";
import type {
  $Command,
  ListObjectsV2CommandInput,
  S3Client,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "@aws-sdk/client-s3";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import { type ObjectKey, keyOfText } from "../../model/object-key.ts";
import type { Moved } from "../../ports/watcher.ts";
import { bucketUrl } from "./bucket-url.ts";
import type { Connection } from "./connection.ts";
import type { ContentOnWire } from "./content-on-wire.ts";
import { crc32 } from "./crc32.ts";
import { credentialsOf } from "./credentials.ts";
import { newHandler, type HandlerLimits } from "./http-handler.ts";
import type { Place } from "./place.ts";
import type { SendOptions } from "./send-options.ts";
import type * as TheSdk from "./sdk.ts";
import { type Answered, answeredIn, headersOf, type Said } from "./said-in-headers.ts";
import { ServerClock } from "./server-clock.ts";
import { type Answer, signedRequests, type Wanted } from "./signed-requests.ts";
import { wholePage } from "./whole-page.ts";

type Sdk = typeof TheSdk;
type LoadedSdk = Sdk & { readonly client: S3Client };

export interface Listing extends Pick<
  ListObjectsV2CommandInput,
  "ContinuationToken" | "Delimiter" | "MaxKeys" | "OptionalObjectAttributes" | "StartAfter"
> {
  readonly Prefix: string;
}

export interface Part extends Place {
  readonly UploadId: string;
  readonly PartNumber: number;
}

export interface Api {
  /** A page, as the server gives it; its keys are encoded. */
  list(listing: Listing, options: SendOptions): Promise<Buffer>;
  head(wanted: Place & Said & { readonly PartNumber?: number }, options: SendOptions): Promise<Answered>;
  /** The content is still on the wire. */
  get(wanted: Place & Said, options: SendOptions): Promise<Answered & { readonly Body: Readable }>;
  put(about: Place & Said, body: Uint8Array, options: SendOptions): Promise<Answered>;
  putPart(about: Part & Said, body: Uint8Array, options: SendOptions): Promise<Answered>;
  remove(wanted: Place & Said, options: SendOptions): Promise<void>;
  /** Everything else. */
  sdk<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: (sdk: Sdk) => $Command<I, O, S3ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>,
    options: SendOptions,
  ): Promise<O>;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly clock: ServerClock;
  close(): void;
}

export interface ApiOptions extends HandlerLimits {
  readonly bucket: string;
  readonly prefix: string;
  readonly connection: Connection;
  readonly wire: ContentOnWire;
  readonly moved: Moved;
  /** In ms since 1970. */
  readonly now: () => number;
}

/** @throws {BsyncError} the CA bundle cannot be read */
export function newApi({ bucket, prefix, connection, wire, moved, now, ...limits }: ApiOptions): Api {
  const aws = connection.endpoint === undefined;
  const clock = new ServerClock(now);
  const handler = newHandler(connection, limits, (headers) => clock.heard(headers));
  const credentials = credentialsOf(connection, handler);
  let loaded: Promise<LoadedSdk> | undefined;
  const load = async (): Promise<LoadedSdk> => {
    const sdk = await import("./sdk.ts");
    return { ...sdk, client: sdk.sdkClient(connection, handler, credentials) };
  };
  const theSdk = (): Promise<LoadedSdk> => (loaded ??= load());
  const url = () => bucketUrl(connection, bucket, theSdk);
  const signed = signedRequests({ handler, url, credentials, clock });
  const payer = connection.requestPayer ? { "x-amz-request-payer": "requester" } : {};
  const agent = connection.appId === undefined ? "s3-bsync" : `s3-bsync app/${connection.appId}`;
  const ask = (wanted: Wanted, options: SendOptions): Promise<Answer> =>
    signed({ ...wanted, headers: { ...wanted.headers, ...payer, "user-agent": agent } }, options);

  const send = async (
    { Key, ...said }: Place & Said,
    body: Uint8Array,
    options: SendOptions,
    query: NonNullable<Wanted["query"]> = {},
  ): Promise<Answered> => {
    const sent = wire.sent(body, (bytes) =>
      moved("up", keyOfText(Key).slice(prefix.length) as ObjectKey, bytes),
    );
    const headers = {
      ...headersOf(said),
      "content-length": String(body.length),
      ...(aws ? { "x-amz-checksum-crc32": crc32([body]), "x-amz-sdk-checksum-algorithm": "CRC32" } : {}),
    };
    const answer = await ask({ method: "PUT", key: Key, query, headers, body, sentAs: sent.body }, options);
    answer.body.resume();
    sent.done();
    return answeredIn(answer.headers);
  };

  return {
    async list(listing, options) {
      const query: Record<string, string> = { "list-type": "2", "encoding-type": "url" };
      const { Prefix, Delimiter, MaxKeys, ContinuationToken, StartAfter, OptionalObjectAttributes } = listing;
      query["prefix"] = Prefix;
      if (Delimiter !== undefined) query["delimiter"] = Delimiter;
      if (MaxKeys !== undefined) query["max-keys"] = String(MaxKeys);
      if (ContinuationToken !== undefined) query["continuation-token"] = ContinuationToken;
      if (StartAfter !== undefined) query["start-after"] = StartAfter;
      const headers: Record<string, string> =
        OptionalObjectAttributes === undefined
          ? {}
          : { "x-amz-optional-object-attributes": OptionalObjectAttributes.join() };
      return wholePage((await ask({ method: "GET", key: "", query, headers }, options)).body);
    },
    async head({ Key, PartNumber, ...said }, options) {
      const query = PartNumber === undefined ? {} : { partNumber: String(PartNumber) };
      const answer = await ask({ method: "HEAD", key: Key, query, headers: headersOf(said) }, options);
      answer.body.resume();
      return answeredIn(answer.headers);
    },
    async get({ Key, ...said }, options) {
      const checksum = aws ? { "x-amz-checksum-mode": "ENABLED" } : {};
      const headers = { ...headersOf(said), ...checksum };
      const answer = await ask({ method: "GET", key: Key, headers }, options);
      return { ...answeredIn(answer.headers), Body: wire.received(answer.body) };
    },
    put: (about, body, options) => send(about, body, options),
    putPart: (about, body, options) =>
      send(about, body, options, { partNumber: String(about.PartNumber), uploadId: about.UploadId }),
    async remove({ Key, ...said }, options) {
      const answer = await ask({ method: "DELETE", key: Key, headers: headersOf(said) }, options);
      answer.body.resume();
    },
    async sdk(command, options) {
      const sdk = await theSdk();
      return sdk.client.send(command(sdk), options);
    },
    credentials,
    clock,
    close: () => handler.destroy(),
  };
}
