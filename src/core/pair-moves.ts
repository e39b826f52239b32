/** Finds what was renamed: a deletion and a creation of equal content, on one side. Spec: spec/reconcile.md. */

import type { Action, DeleteLocal, DeleteRemote } from "../model/action.ts";
import type { Content } from "../model/etag.ts";
import { directoryOf, keyText, type ObjectKey } from "../model/object-key.ts";
import type { LocalFile, RemoteObject } from "../model/observation.ts";

/** Deletions that are held as candidates; what is beyond is transferred. */
export const MAX_CANDIDATES = 200_000;
/** How far the same name is looked for among candidates of equal content, before the first one is taken. */
const NAMES_LOOKED_AT = 32;

/**
 * Only gone and created names pair, of a size above 0, where a digest proves that the content is equal. A name
 * that lies below one that goes, or above, is none: it could not be there beside it. Where in doubt: no move.
 *
 * @param actions ascending; read three times
 */
export function* pairMoves(actions: Iterable<Action>): Generator<Action, void, undefined> {
  const gone = new Gone(actions);
  const movedFrom = new Map<ObjectKey, LocalFile | RemoteObject>();
  const movedTo = new Map<ObjectKey, ObjectKey>();
  for (const action of actions) {
    const from = gone.match(action);
    if (from === undefined) continue;
    movedFrom.set(action.key, from);
    movedTo.set(from.key, action.key);
  }
  for (const action of actions) {
    const to = movedTo.get(action.key);
    if (to !== undefined && (action.verb === "delete-local" || action.verb === "delete-remote"))
      yield halfOf(action, to);
    else yield moveOf(action, movedFrom.get(action.key)) ?? gone.unpaired(action);
  }
}

/** Of a creation: where its content comes from tells which kind of move it is. */
function moveOf(action: Action, from: LocalFile | RemoteObject | undefined): Action | undefined {
  if (from === undefined) return undefined;
  const { key, rule } = action;
  const note = `renamed from ${shown(from.key)}`;
  if (action.verb === "upload" && "etag" in from)
    return { verb: "copy-remote", key, rule, local: action.local, from, note };
  if (action.verb === "download" && "ino" in from)
    return { verb: "rename-local", key, rule, remote: action.remote, from, note };
  return undefined;
}

/** What lives on under another name needs no backup. */
function halfOf(action: DeleteLocal | DeleteRemote, to: ObjectKey): Action {
  const { saves: _, ...half } = action;
  return { ...half, movedTo: to, note: `renamed to ${shown(to)}` };
}

function digestsOf(content: Content | undefined): readonly (string | undefined)[] {
  return [content?.single, content?.multipart, content?.sha256];
}

class Gone {
  /** In key order. */
  readonly #keys: ObjectKey[] = [];
  /** Sizes of new files that could not be read: any of them may be a new name. */
  readonly #unread = new Set<number>();
  /** Those that have no new name yet, by side, size and digest. */
  readonly #local = new Candidates<LocalFile>();
  readonly #remote = new Candidates<RemoteObject>();

  constructor(actions: Iterable<Action>) {
    for (const action of actions) {
      if (action.verb === "upload" && action.content === "unread") this.#unread.add(action.local.size);
      if (action.verb !== "delete-local" && action.verb !== "delete-remote") continue;
      this.#keys.push(action.key);
      if (this.#keys.length > MAX_CANDIDATES) continue;
      if (action.verb === "delete-remote" && action.neverCopy === true) continue;
      if (action.verb === "delete-remote")
        this.#remote.add(action.remote, action.size, [action.remote.etag, action.digest]);
      else this.#local.add(action.local, action.local.size, digestsOf(action.content));
    }
  }

  /** What is to be done with an action that is no half of a move. */
  unpaired(action: Action): Action {
    const { key, rule } = action;
    if (action.verb === "download" && action.onlyRename !== undefined)
      return { verb: "leave", key, rule, ...action.onlyRename };
    if (action.verb !== "delete-remote" || !this.#unread.has(action.size)) return action;
    const why = "a new file of its size cannot be read, and may be what it was renamed to";
    return { verb: "leave", key, rule, why, reported: true };
  }

  /** @returns what the content of a creation was renamed from; undefined: nothing that goes */
  match(action: Action): LocalFile | RemoteObject | undefined {
    const { key } = action;
    if (action.verb === "upload" && typeof action.content === "object" && action.replaces === undefined) {
      const { local, content } = action;
      return this.#isApart(key) ? this.#remote.take(key, local.size, digestsOf(content)) : undefined;
    }
    if (action.verb === "download" && action.replaces === undefined) {
      const { remote, enveloped } = action;
      const size = enveloped?.size ?? remote.size;
      return this.#isApart(key) ? this.#local.take(key, size, [remote.etag, enveloped?.sha256]) : undefined;
    }
    return undefined;
  }

  /** Neither a directory of anything that goes, nor below a file that goes. */
  #isApart(key: ObjectKey): boolean {
    if (this.#firstFrom(`${key}/`)?.startsWith(`${key}/`) === true) return false;
    for (let dir = directoryOf(key); dir !== ""; dir = directoryOf(dir.slice(0, -1))) {
      const above = dir.slice(0, -1);
      if (this.#firstFrom(above) === above) return false;
    }
    return true;
  }

  #firstFrom(name: string): string | undefined {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] as string) < name) low = middle + 1;
      else high = middle;
    }
    return this.#keys[low];
  }
}

/** In key order. */
interface Alike<T> {
  readonly items: T[];
  /** All before it are taken. */
  first: number;
}

class Candidates<T extends { readonly key: ObjectKey }> {
  readonly #byContent = new Map<string, Alike<T>>();
  readonly #taken = new Set<T>();

  add(item: T, size: number, digests: readonly (string | undefined)[]): void {
    if (size === 0) return; // nothing tells one empty file from another
    for (const digest of new Set(digests)) {
      if (digest === undefined || digest === "") continue;
      const content = `${size} ${digest}`;
      const known = this.#byContent.get(content);
      if (known === undefined) this.#byContent.set(content, { items: [item], first: 0 });
      else known.items.push(item);
    }
  }

  /** Of several with this content, one that had the same last name, else the first. */
  take(key: ObjectKey, size: number, digests: readonly (string | undefined)[]): T | undefined {
    for (const digest of digests) {
      if (digest === undefined) continue;
      const alike = this.#byContent.get(`${size} ${digest}`);
      if (alike === undefined) continue;
      const { items } = alike;
      while (alike.first < items.length && this.#taken.has(items[alike.first] as T)) alike.first++;
      const near = items.slice(alike.first, alike.first + NAMES_LOOKED_AT);
      const free = near.filter((item) => !this.#taken.has(item));
      const found = free.find((item) => lastName(item.key) === lastName(key)) ?? free[0];
      if (found === undefined) continue;
      this.#taken.add(found);
      return found;
    }
    return undefined;
  }
}

function lastName(key: ObjectKey): string {
  return key.slice(directoryOf(key).length);
}

function shown(key: ObjectKey): string {
  return JSON.stringify(keyText(key));
}
