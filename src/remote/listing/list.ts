/** The listing of a prefix, strictly ascending however the server orders it. */

import { nameFault } from "../../core/usable-names.ts";
import { BsyncError, UnorderedListing } from "../../model/errors.ts";
import { isText, type ObjectKey } from "../../model/object-key.ts";
import type { RemoteObject, Unknown } from "../../model/observation.ts";
import type { ListOptions } from "../../ports/object-store.ts";
import { isArchiveClass } from "../reading/facts.ts";
import type { Listed } from "./list-page.ts";
import { pages } from "./list-pages.ts";
import { ranges } from "./list-ranges.ts";
import type { Remote } from "../remote.ts";
import { sortListing } from "./sort-listing.ts";

type Seen = RemoteObject | Unknown;

export async function* list(
  remote: Remote,
  { recursive, splitAt }: ListOptions,
): AsyncGenerator<readonly Seen[]> {
  const { memory, newSpool, prefix } = remote;
  if (memory.facts.order === "other") {
    yield* unique(sortListing(named(pages(remote, recursive), prefix), newSpool));
  } else {
    yield* named(ascending(remote, recursive ? inRanges(remote, splitAt) : pages(remote, false)), prefix);
  }
}

/** Page by page until it is shown that the server lists in byte order, and where cuts are only guessed at, that there is more than one. */
async function* inRanges(
  remote: Remote,
  splitAt: ListOptions["splitAt"],
): AsyncGenerator<readonly Listed[], void, undefined> {
  const { memory, prefix } = remote;
  const isGuess = typeof splitAt === "function";
  let guessed: readonly ObjectKey[] | undefined;
  const cuts = (): readonly ObjectKey[] => (isGuess ? (guessed ??= splitAt()) : splitAt);
  // What is no text cannot be sent: that page is followed by the next one.
  const canBeCut = (after: string): boolean =>
    memory.facts.order === "bytes" && isText(after) && cuts().some((key) => prefix + key > after);
  const last = !isGuess && canBeCut("") ? "" : yield* pages(remote, true, canBeCut);
  if (last !== undefined) yield* ranges(remote, cuts(), last);
}

/** Read as sorted, an unsorted listing would look like mass deletion: so every key is compared. */
async function* ascending(
  { memory }: Remote,
  batches: AsyncIterable<readonly Listed[]>,
): AsyncGenerator<readonly Listed[]> {
  let previous = "";
  for await (const batch of batches) {
    for (const { key } of batch) {
      if (key <= previous) {
        memory.learn({ order: "other" });
        throw new UnorderedListing(
          `the server lists ${JSON.stringify(key)} after ${JSON.stringify(previous)}`,
        );
      }
      if (memory.facts.order === "untold" && showsByteOrder(previous, key)) memory.learn({ order: "bytes" });
      previous = key;
    }
    yield batch;
  }
}

/** Whether two neighbours stand in byte order and would stand the other way round in the order of a tree: `a-b`, `a/x`. */
export function showsByteOrder(before: string, after: string): boolean {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  return after[at] === "/" && at < before.length && (before[at] as string) < "/";
}

/** Keys relative to the prefix. Names that cannot be files are unknowns. */
async function* named(
  batches: AsyncIterable<readonly Listed[]>,
  prefix: string,
): AsyncGenerator<readonly Seen[]> {
  for await (const batch of batches) {
    const seen: Seen[] = [];
    for (const { key: whole, size, etag, modifiedS, storageClass, restored } of batch) {
      if (whole.length === prefix.length || (size === 0 && whole.endsWith("/"))) continue; // folder markers
      const key = whole.slice(prefix.length) as ObjectKey;
      const unknown = nameFault(key, whole.length);
      if (unknown === undefined)
        seen.push({ key, size, etag, modifiedS, archived: !restored && isArchiveClass(storageClass) });
      else seen.push({ key, unknown, reported: true, below: false });
    }
    yield seen;
  }
}

async function* unique(
  batches: Iterable<readonly Seen[]> | AsyncIterable<readonly Seen[]>,
): AsyncGenerator<readonly Seen[]> {
  let previous = "";
  for await (const batch of batches) {
    for (const { key } of batch) {
      if (key === previous) {
        throw new BsyncError(`the server lists ${JSON.stringify(key)} twice`, {
          hint: "nothing was changed; run it again",
        });
      }
      previous = key;
    }
    yield batch;
  }
}
