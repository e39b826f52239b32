/** Names that a server may store under another key: a backslash as a slash was seen. */

import { PathError } from "../../model/errors.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { RemoteObject } from "../../model/observation.ts";
import { nextToken, readPage } from "../listing/list-page.ts";
import { pageBySdk } from "../listing/page-by-sdk.ts";
import type { Remote } from "../remote.ts";
import { placeOf } from "../wire/place.ts";
import { remove } from "./remove.ts";

/** Characters that some server changes. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const ODD = /[\\\0-\x1f\x7f]/g;

/** @returns why the endpoint cannot keep such a name; undefined: nothing is known against it */
export function refuses({ memory }: Remote, key: ObjectKey): string | undefined {
  const bad = [...memory.facts.rewrites].find((char) => key.includes(char));
  return bad === undefined
    ? undefined
    : `the server stores ${JSON.stringify(bad)} in names as another character`;
}

/** @throws {PathError} the endpoint cannot keep such a name */
export function checkKeeps(remote: Remote, key: ObjectKey): void {
  const refused = refuses(remote, key);
  if (refused !== undefined) throw new PathError(refused);
}

/**
 * Proves that an object that was just made lies under its own key; if it does not, removes it again.
 * @throws {PathError} it does not
 */
export async function provePlace(remote: Remote, object: RemoteObject): Promise<void> {
  const odd = [...new Set(object.key.match(ODD))].filter((char) => !remote.keptChars.has(char));
  if (odd.length === 0) return;
  const listed = await isListed(remote, object).catch(async (error: unknown) => {
    await remove(remote, object);
    throw error;
  });
  if (listed) {
    for (const char of odd) remote.keptChars.add(char);
    return;
  }
  await remove(remote, object);
  const { rewrites } = remote.memory.facts;
  remote.memory.learn({ rewrites: rewrites + odd.filter((char) => !rewrites.includes(char)).join("") });
  throw new PathError(refuses(remote, object.key) ?? "the server stores this name as another one");
}

/** Of all keys that begin with this one, it is the first. */
async function isListed(remote: Remote, { key, etag }: RemoteObject): Promise<boolean> {
  const { Key: Prefix } = placeOf(remote, key);
  const asked = { bucket: undefined, prefix: remote.prefix + key, token: undefined };
  const page = await remote.send("list", async (api, options) => {
    const body = await api.list({ Prefix, MaxKeys: 10 }, options);
    const found = readPage(body) ?? (await pageBySdk(body));
    nextToken(found, asked);
    return found;
  });
  return page.objects.some((listed) => listed.key === asked.prefix && listed.etag === etag);
}
