/** Finds objects that cannot be opened on this machine, or may not come into an encrypted map. Reads only. */

import type { Action, Download, Leave } from "../model/action.ts";
import { isEncrypted } from "../model/encoding.ts";
import { PathError } from "../model/errors.ts";
import type { RemoteObject } from "../model/observation.ts";
import type { ObjectFacts } from "../ports/object-store.ts";
import { left, NOT_ENCRYPTED } from "./inspect.ts";
import type { MapOrder, MapPorts } from "./map-ports.ts";

const NO_SECRET_KEY = "its secret key is not on this machine";

/** @returns undefined: nothing stands against the action */
export async function unopened(
  ports: Pick<MapPorts, "map" | "objects" | "envelope">,
  { acceptPlain }: Pick<MapOrder, "acceptPlain">,
  action: Action,
): Promise<Leave | Download | undefined> {
  if (!ports.map.gpg || action.verb !== "download") return undefined;
  try {
    const facts = await factsOf(ports, action.remote);
    if (facts === undefined) return undefined; // it changes: so it will be stale
    const { encoding } = facts.enveloped ?? { encoding: "" };
    const why = isEncrypted(encoding) ? NO_SECRET_KEY : NOT_ENCRYPTED;
    if (isEncrypted(encoding) ? ports.envelope.canDecode(encoding) : acceptPlain) return undefined;
    const told = { ...left(action, why), reported: !isEncrypted(encoding) };
    // A new name for content that is here needs none of its bytes.
    if (action.rule !== "R10") return told;
    const enveloped = facts.enveloped === undefined ? {} : { enveloped: facts.enveloped };
    return { ...action, ...enveloped, onlyRename: { why, reported: told.reported } };
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    return left(action, error.message);
  }
}

/** @returns undefined: it is not what was listed any more */
export async function factsOf(
  { objects }: Pick<MapPorts, "objects">,
  { key, etag }: RemoteObject,
): Promise<ObjectFacts | undefined> {
  const facts = await objects.head(key);
  return facts?.object.etag === etag ? facts : undefined;
}
