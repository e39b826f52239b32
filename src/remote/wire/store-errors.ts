/** Errors of the SDK and the network in words: what ends the map, and what concerns one object. */

import { BsyncError, PathError, Stale, UnorderedListing } from "../../model/errors.ts";
import type { PartOfWay, Trouble } from "../../model/examination.ts";
import { destinationOf } from "../../model/map.ts";
import { BrokenPage, GarbledBody } from "./broken-answer.ts";
import { codeOf, headerOf, statusOf } from "./sdk-error.ts";

/** What was asked of whom. Without a key it was about the bucket. */
export interface Errand {
  readonly bucket: string;
  readonly prefix: string;
  readonly endpoint: string;
  readonly key: string | undefined;
}

interface Words {
  readonly of: PartOfWay;
  readonly message: string;
  readonly hint: string;
}

/** @returns a `BsyncError` or a `PathError`; anything that is neither the server's nor the network's comes back as it is */
export function storeError(error: unknown, errand: Errand): unknown {
  if (error instanceof BsyncError || error instanceof PathError || error instanceof UnorderedListing)
    return error;
  if (!isForeign(error)) return error;
  const words = wordsOfWay(error, errand);
  if (words !== undefined) return new BsyncError(words.message, { hint: words.hint, cause: error });
  if (errand.key !== undefined) return objectError(error);
  return new BsyncError(`cannot list ${destinationOf(errand)}: ${wordsOf(error)}`, {
    hint: "nothing was changed; run it again, or ask who runs the server",
    cause: error,
  });
}

/** Of an error that a listing met. @returns undefined: it is a bug, or a signal */
export function troubleOf(error: unknown, errand: Errand): Trouble | undefined {
  const told = storeError(error, errand);
  if (!(told instanceof BsyncError)) return undefined;
  return { of: wordsOfWay(error, errand)?.of ?? "listing", error: told };
}

function wordsOfWay(error: unknown, errand: Errand): Words | undefined {
  return credentialWords(error) ?? bucketWords(error, errand) ?? networkWords(error, errand);
}

/** Whether the bucket, not only an object in it, is missing. Both are 404. */
export function isNoBucket(error: unknown): boolean {
  return codeOf(error) === "NoSuchBucket";
}

/** From the server, the network, the SDK's credentials, or a check of an answer: no bug of ours. */
function isForeign(error: unknown): boolean {
  if (error instanceof BrokenPage || error instanceof GarbledBody || statusOf(error) !== undefined)
    return true;
  return (
    /^(?:E(?!RR_)[A-Z_]+|HPE_.*|TimeoutError|AbortError|ERR_STREAM_PREMATURE_CLOSE)$/.test(codeOf(error)) ||
    isTls(error) ||
    isCredentials(error)
  );
}

function isCredentials(error: unknown): boolean {
  return /^(?:CredentialsProviderError|TokenProviderError)$/.test(codeOf(error));
}

const CREDENTIALS: Readonly<Record<string, Words>> = {
  ExpiredToken: {
    of: "credentials",
    message: "the credentials have expired",
    hint: "get new ones, as by aws sso login",
  },
  TokenRefreshRequired: {
    of: "credentials",
    message: "the credentials must be renewed",
    hint: "get new ones, as by aws sso login",
  },
  InvalidToken: {
    of: "credentials",
    message: "the session token is not valid",
    hint: "get new credentials",
  },
  InvalidAccessKeyId: {
    of: "credentials",
    message: "the server does not know the access key",
    hint: "check AWS_ACCESS_KEY_ID, --profile and --endpoint-url",
  },
  SignatureDoesNotMatch: {
    of: "credentials",
    message: "the secret key does not fit the access key",
    hint: "check AWS_SECRET_ACCESS_KEY or the profile",
  },
  RequestTimeTooSkewed: {
    of: "clock",
    message: "the clock of this machine differs too much from the server's",
    hint: "set the clock, as by NTP",
  },
};

function credentialWords(error: unknown): Words | undefined {
  if (isCredentials(error)) {
    return {
      of: "credentials",
      message: "no credentials for S3 were found",
      hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile NAME (a profile that is not in ~/.aws has none)",
    };
  }
  return CREDENTIALS[codeOf(error).replace(/^ExpiredTokenException$/, "ExpiredToken")];
}

function bucketWords(error: unknown, errand: Errand): Words | undefined {
  const status = statusOf(error);
  const code = codeOf(error);
  const { bucket, endpoint, key } = errand;
  if (isNoBucket(error) || (key === undefined && status === 404)) {
    return {
      of: "bucket",
      message: `there is no bucket ${bucket} at ${endpoint}`,
      hint: "make it, or check its name, --endpoint-url and --region",
    };
  }
  const region = headerOf(error, "x-amz-bucket-region") ?? (error as { Region?: string }).Region;
  if (
    status === 301 ||
    /^(?:PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/.test(code)
  ) {
    return {
      of: "region",
      message: `bucket ${bucket} is in another region`,
      hint: region === undefined ? "give --region R" : `--region ${region}`,
    };
  }
  if (key === undefined && status === 403) {
    return {
      of: "listing",
      message: `access to ${destinationOf(errand)} is denied`,
      hint: "the credentials need s3:ListBucket on the bucket",
    };
  }
  return undefined;
}

const TLS =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|CERT_.*|ERR_TLS_.*|ERR_SSL_.*|EPROTO)$/;
/** They never came as far as certificates. */
const NO_TLS = /^(?:ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)|EPROTO)$/;

function isTls(error: unknown): boolean {
  return TLS.test(codeOf(error));
}

function networkWords(error: unknown, { endpoint, key }: Errand): Words | undefined {
  const code = codeOf(error);
  if (NO_TLS.test(code)) {
    return {
      of: "endpoint",
      message: `${endpoint} does not speak TLS as it is spoken here: ${code}`,
      hint: "the address of a server without TLS begins with http://",
    };
  }
  if (isTls(error)) {
    return {
      of: "endpoint",
      message: `${endpoint} cannot be trusted: ${code}`,
      hint: "--ca-bundle FILE names the certificates of a private authority",
    };
  }
  if (/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN)$/.test(code)) {
    return {
      of: "endpoint",
      message: `${endpoint} cannot be reached: ${code}`,
      hint: "check the network and --endpoint-url",
    };
  }
  if (key === undefined && statusOf(error) === undefined && !(error instanceof BrokenPage)) {
    return {
      of: "endpoint",
      message: `${endpoint} does not answer: ${code}`,
      hint: "check the network and --endpoint-url (http:// or https://), and run it again",
    };
  }
  return undefined;
}

function objectError(error: unknown): PathError {
  const status = statusOf(error);
  const code = codeOf(error);
  if (code === "InvalidObjectState")
    return new PathError("the object is archived, and must be restored first", { cause: error });
  if (status === 412 || code === "NoSuchKey" || code === "NotFound")
    return new Stale("the object changed meanwhile", { cause: error });
  return new PathError(wordsOf(error), { cause: error });
}

function wordsOf(error: unknown): string {
  const status = statusOf(error);
  const code = codeOf(error);
  if (error instanceof BrokenPage || error instanceof GarbledBody) return error.message;
  if (status === 403) return `the server denies access (${code === "" ? "403" : code})`;
  if (status !== undefined) return `the server answers ${code === "" ? status : `${code} (${status})`}`;
  return code === "TimeoutError" ? "the server stopped answering" : `the connection broke (${code})`;
}
