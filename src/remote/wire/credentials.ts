/** Who asks: found as the SDK finds it, by its own chain of places. */

import { defaultProvider } from "@aws-sdk/credential-provider-node";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import type { Connection } from "./connection.ts";
import type { Handler } from "./http-handler.ts";
import { SILENT } from "./silent.ts";

/** Found once, and again before they expire. @param handler goes to whoever gives them out */
export function credentialsOf(
  { profile, region }: Connection,
  handler: Handler,
): AwsCredentialIdentityProvider {
  return defaultProvider({
    logger: SILENT,
    ...(profile === undefined ? {} : { profile }),
    parentClientConfig: {
      region: () => Promise.resolve(region),
      requestHandler: handler,
      logger: SILENT,
      ...(profile === undefined ? {} : { profile }),
    },
  });
}
