/** Where and how to reach S3: the map's options, else the AWS environment, else its config files. */

import { loadSharedConfigFiles } from "@smithy/core/config";
import { BsyncError } from "../../model/errors.ts";
import type { MapOptions } from "../../model/map.ts";

export interface Connection {
  /** Undefined: Amazon S3 itself. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly profile: string | undefined;
  /** Path of a PEM file, or PEM text. */
  readonly caBundle: string | undefined;
  readonly pathStyle: boolean;
  /** Whoever asks pays, not the owner of the bucket; each request says that this is known. */
  readonly requestPayer: boolean;
  /** What requests call the application that they are for, where that has a name. */
  readonly appId?: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;
type Section = Readonly<Record<string, string | undefined>>;

/** What identifies Amazon S3 as an endpoint. Bucket names are unique over its regions. */
export const AWS_ENDPOINT = "https://s3.amazonaws.com";

/** Credentials are found by the SDK, which is told the profile. @throws {BsyncError} the endpoint is no URL, or one with secrets in it; the region is none */
export async function connectionOf(options: MapOptions, env: Environment): Promise<Connection> {
  const profile = options.profile ?? set(env["AWS_PROFILE"]);
  const { own, services } = await sectionsOf(profile ?? "default");
  const endpoint = options["endpoint-url"] ?? endpointOf(env, own, services);
  if (endpoint !== undefined && /^[^/]*\/\/[^/?#]*@/.test(endpoint)) {
    // It would be shown wherever the endpoint is, and stored beside the state.
    throw new BsyncError("the endpoint is a URL with a user or a password", {
      hint: "give the credentials as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in a profile",
    });
  }
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint)) {
    throw new BsyncError(`the endpoint is not a URL: ${endpoint}`, {
      hint: "--endpoint-url https://HOST[:PORT]",
    });
  }
  const region = options.region ?? set(env["AWS_REGION"]) ?? set(env["AWS_DEFAULT_REGION"]) ?? own["region"];
  // It becomes a part of a host name.
  if (region !== undefined && !/^[a-z\d](?:[a-z\d-]*[a-z\d])?$/i.test(region))
    throw new BsyncError(`not a region: ${region}`, { hint: "--region REGION, such as eu-north-1" });
  return {
    endpoint: endpoint?.replace(/\/+$/, ""),
    region: region ?? "us-east-1",
    profile,
    caBundle: options["ca-bundle"] ?? set(env["AWS_CA_BUNDLE"]) ?? own["ca_bundle"],
    pathStyle: endpoint !== undefined || options["path-style"] !== undefined,
    requestPayer: options["request-payer"] !== undefined,
    appId: [env["AWS_SDK_UA_APP_ID"], own["sdk_ua_app_id"]].find((id) => /^[\w.+-]{1,50}$/.test(id ?? "")),
  };
}

/** The SDK leaves a profile's endpoint alone where it is told the profile, so it is looked up here. */
function endpointOf(env: Environment, own: Section, services: Section): string | undefined {
  if (set(env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"])?.toLowerCase() === "true") return undefined;
  return (
    set(env["AWS_ENDPOINT_URL_S3"]) ??
    set(env["AWS_ENDPOINT_URL"]) ??
    services["s3.endpoint_url"] ??
    own["endpoint_url"]
  );
}

async function sectionsOf(profile: string): Promise<{ readonly own: Section; readonly services: Section }> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const own = { ...configFile[profile], ...credentialsFile[profile] };
  return { own, services: configFile[`services.${own["services"] ?? ""}`] ?? {} };
}

function set(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
