/** How versions lie in the backup: encrypted where their map is, and never compressed. */

import type { Opener } from "../backup/backup-folder.ts";
import type { SealOf } from "../backup/loser-zip.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { Envelope } from "../ports/envelope.ts";
import { openNameless } from "../state/file-bytes.ts";
import type { Surroundings } from "./surroundings.ts";

type Tools = Pick<Surroundings, "env" | "isTerminal"> & {
  /** Where files that have no name may lie. */
  readonly scratch: string;
};

/** A key is looked for when the first version is to be kept for it. */
export function backupSeals(tools: Tools): SealOf {
  const envelopes = new Map<string, Promise<Envelope>>();
  return async ({ gpg, email }) => {
    if (!gpg) return undefined;
    const envelope = envelopes.get(email) ?? envelopeFor({ gzip: 0, gpg, email }, tools);
    envelopes.set(email, envelope);
    return envelope;
  };
}

/** By the keys that gpg has, whatever map a version is of. */
export function backupOpener(tools: Tools): Opener {
  let envelope: Promise<Envelope> | undefined;
  return {
    async *decode(stored, of) {
      envelope ??= envelopeFor({ gzip: 0, gpg: false, email: "" }, tools);
      yield* (await envelope).decode(stored, of);
    },
  };
}

async function envelopeFor(
  map: Pick<DirectoryMap, "gzip" | "gpg" | "email">,
  { env, isTerminal, scratch }: Tools,
): Promise<Envelope> {
  const { envelopeOf } = await import("../envelope/envelope.ts");
  return envelopeOf(map, { env, openNameless: () => openNameless(scratch), mayAsk: isTerminal });
}
