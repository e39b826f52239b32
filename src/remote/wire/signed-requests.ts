/** Requests as they go over the wire: signed, sent once, and an answer that is an error thrown. */

import type { Readable } from "node:stream";
import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest, type HttpResponse } from "@smithy/core/protocols";
import { SignatureV4 } from "@smithy/signature-v4";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import type { BucketUrl } from "./bucket-url.ts";
import type { Handler } from "./http-handler.ts";
import type { SendOptions } from "./send-options.ts";
import { AnsweredError } from "./sdk-error.ts";
import type { ServerClock } from "./server-clock.ts";

/** An error says what it says in less. */
const MAX_ERROR_BYTES = 64 * 1024;

export interface Wanted {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE";
  /** As text; "" for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array;
  /** What is sent in its place: the same bytes, in another form. */
  readonly sentAs?: Uint8Array | Readable;
}

export interface Answer {
  readonly headers: Readonly<Record<string, string>>;
  /** Has to be read, or destroyed. */
  readonly body: Readable;
}

/** @throws {AnsweredError} the server says that it has not done so */
export type Ask = (wanted: Wanted, options: SendOptions) => Promise<Answer>;

export interface Signing {
  readonly handler: Handler;
  readonly url: () => Promise<BucketUrl>;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly clock: ServerClock;
}

export function signedRequests({ handler, url, credentials, clock }: Signing): Ask {
  let signed: Promise<{ readonly at: BucketUrl; readonly signer: SignatureV4 }> | undefined;
  const begin = async (): Promise<{ readonly at: BucketUrl; readonly signer: SignatureV4 }> => {
    const at = await url();
    const { region, service } = at;
    const signer = new SignatureV4({
      credentials,
      region,
      service,
      sha256: Sha256,
      uriEscapePath: false,
      applyChecksum: true,
    });
    return { at, signer };
  };
  return async ({ method, key, query = {}, headers, body, sentAs }, { abortSignal }) => {
    const { at, signer } = await (signed ??= begin());
    const { protocol, hostname, port } = at;
    const { correctionMs } = clock;
    const request = await signer.sign(
      new HttpRequest({
        method,
        protocol,
        hostname,
        ...(port === undefined ? {} : { port }),
        path: at.path + key.split("/").map(escaped).join("/"),
        query: { ...query },
        headers: { ...headers, host: port === undefined ? hostname : `${hostname}:${port}` },
        body,
      }),
      { signingDate: clock.signingDate(correctionMs) },
    );
    if (sentAs !== undefined) request.body = sentAs;
    const { response } = await handler.handle(
      request as HttpRequest,
      abortSignal === undefined ? {} : { abortSignal },
    );
    const answer = response as HttpResponse & Answer;
    answer.body.on("error", () => {}); // whoever reads it meets the error; if nobody does, it is no matter
    if (answer.statusCode < 300) return answer;
    const error = new AnsweredError(answer.statusCode, answer.headers, await beginning(answer.body));
    if (clock.correct(correctionMs)) error.$metadata.clockSkewCorrected = true;
    throw error;
  };
}

/** As RFC 3986 has it, which signing goes by. */
function escaped(segment: string): string {
  return encodeURIComponent(segment).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

async function beginning(body: Readable): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ERROR_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}
