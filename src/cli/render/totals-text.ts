/** What a plan adds up to, and what it costs, as lines of text. */

import type { Totals } from "../../model/totals.ts";
import type { RequestKind } from "../../ports/object-store.ts";
import { bytesText, countText } from "./amounts.ts";

export type Requests = Readonly<Record<RequestKind, number>>;

const KINDS: readonly RequestKind[] = ["list", "head", "get", "put", "delete"];

export function totalsText(totals: Totals, requests: Requests): string {
  const { actions, seen, conflicts, waiting, bytesUp, bytesDown } = totals;
  const moves = actions["copy-remote"] + actions["rename-local"];
  const plan = [
    `${actions.upload} up (${bytesText(bytesUp)})`,
    `${actions.download} down (${bytesText(bytesDown)})`,
    `${actions["delete-local"]} to delete here`,
    `${actions["delete-remote"]} to delete in the bucket`,
    ...(moves === 0 ? [] : [`${moves} to rename`]),
    ...(actions.adopt === 0 ? [] : [`${actions.adopt} to record`]),
    ...(actions.forget === 0 ? [] : [`${actions.forget} to forget`]),
    countText(conflicts, "conflict"),
    ...(waiting === 0 ? [] : [`${waiting} that wait for an answer`]),
    ...(totals.leftByChoice === 0 ? [] : [`${totals.leftByChoice} left by choice`]),
    ...(totals.notChosen === 0 ? [] : [`${totals.notChosen} not chosen`]),
    ...(totals.reported === 0 ? [] : [`${totals.reported} that cannot be handled`]),
  ];
  const looked = [
    countText(seen.local, "file"),
    countText(seen.remote, "object"),
    countText(seen.base, "record"),
  ];
  return `  plan: ${plan.join(", ")}\n  seen: ${looked.join(", ")}\n  requests: ${requestsText(requests)} so far\n`;
}

/** What a run would send after its plan is made. Conditions not yet proved, retries and parts of large files come on top. */
export function requestsToCome({ actions, conflicts }: Totals): Requests {
  return {
    list: 0,
    head: actions["delete-local"] + actions["rename-local"],
    get: actions.download + conflicts,
    put: actions.upload + actions["copy-remote"] + actions["set-beside"],
    delete: actions["delete-remote"] + actions["copy-remote"],
  };
}

/** `2 LIST, 1 PUT`, or `none`. */
export function requestsText(requests: Requests): string {
  const sent = KINDS.filter((kind) => requests[kind] > 0).map(
    (kind) => `${requests[kind]} ${kind.toUpperCase()}`,
  );
  return sent.length === 0 ? "none" : sent.join(", ");
}
