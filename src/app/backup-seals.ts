/** How versions lie in the backup: encrypted where their map is, and never compressed. */

import type { SealOf } from "../backup/loser-zip.ts";
import type { Envelope } from "../ports/envelope.ts";
import { envelopeFor, type EnvelopeTools } from "./envelope-for.ts";

/** A key is looked for when the first version is to be kept for it. */
export function backupSeals(tools: EnvelopeTools): SealOf {
  const envelopes = new Map<string, Promise<Envelope>>();
  return async ({ gpg, email }) => {
    if (!gpg) return undefined;
    const envelope = envelopes.get(email) ?? envelopeFor({ gzip: 0, gpg, email }, tools);
    envelopes.set(email, envelope);
    return envelope;
  };
}
