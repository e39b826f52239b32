/** One ascending sequence out of several that share no key. */

import type { ObjectKey } from "../model/object-key.ts";

export function* mergeSorted<T extends { readonly key: ObjectKey }>(
  sources: readonly Iterable<T>[],
): Generator<T, void, undefined> {
  const heads = sources.map((source) => {
    const iterator = source[Symbol.iterator]();
    return { iterator, step: iterator.next() };
  });
  for (;;) {
    let least: { readonly head: (typeof heads)[number]; readonly item: T } | undefined;
    for (const head of heads) {
      if (head.step.done === true) continue;
      if (least === undefined || head.step.value.key < least.item.key)
        least = { head, item: head.step.value };
    }
    if (least === undefined) return;
    yield least.item;
    least.head.step = least.head.iterator.next();
  }
}
