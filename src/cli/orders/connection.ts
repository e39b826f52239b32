/** How to reach the server, as options of a map. */

import type { MapOptions } from "../../model/map.ts";
import { absolutePath } from "../values/absolute-path.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../options/options.ts";
import { endpointUrl } from "../values/values.ts";

/** Only what the command line says. @throws {UsageError} */
export function connectionOf(flags: Flags, context: Pick<Context, "home" | "cwd">): MapOptions {
  return {
    ...(flags.caBundle === undefined ? {} : { "ca-bundle": absolutePath(flags.caBundle, context) }),
    ...(flags.endpointUrl === undefined ? {} : { "endpoint-url": endpointUrl(flags.endpointUrl) }),
    ...(flags.pathStyle ? { "path-style": "true" } : {}),
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    ...(flags.region === undefined ? {} : { region: flags.region }),
    ...(flags.requestPayer ? { "request-payer": "true" } : {}),
  };
}
