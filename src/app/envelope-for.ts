/** Envelopes for the contents of maps and backups. What they need is loaded where there are some. */

import { hasEnvelopes } from "../model/encoding.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { Envelope } from "../ports/envelope.ts";
import { openNameless } from "../state/file-bytes.ts";
import type { Surroundings } from "./surroundings.ts";

type Settings = Pick<DirectoryMap, "gzip" | "gpg" | "email">;

export type EnvelopeTools = Pick<Surroundings, "env" | "isTerminal"> & {
  /** Where files that have no name may lie. */
  readonly scratch: string;
};

/** @throws {BsyncError} the key of the map cannot be used */
export async function envelopeFor(map: Settings, tools: EnvelopeTools): Promise<Envelope> {
  return hasEnvelopes(map) ? load(map, tools) : plainEnvelope(tools);
}

/** New content lies open. What is in an envelope all the same is opened by the keys that gpg has. */
export function plainEnvelope(tools: EnvelopeTools): Envelope {
  let opener: Promise<Envelope> | undefined;
  return {
    encoding: "",
    encode: (plain) => plain,
    canDecode: () => true,
    async *decode(stored, of) {
      opener ??= load({ gzip: 0, gpg: false, email: "" }, tools);
      yield* (await opener).decode(stored, of);
    },
  };
}

async function load(map: Settings, { env, isTerminal, scratch }: EnvelopeTools): Promise<Envelope> {
  const { envelopeOf } = await import("../envelope/envelope.ts");
  return envelopeOf(map, { env, openNameless: () => openNameless(scratch), mayAsk: isTerminal });
}
