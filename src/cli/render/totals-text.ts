/** What a plan adds up to, what was done of it, and what that costs, as lines of text. */

import type { Tally, Totals, Way } from "../../model/totals.ts";
import type { RequestKind } from "../../model/request-kind.ts";
import { bytesText, countText } from "./amounts.ts";

export type Requests = Readonly<Record<RequestKind, number>>;

/** What a run, or one map of it, has done, and what it took. */
export interface Spent {
  readonly done: Tally;
  readonly requests: Requests;
  readonly traffic: Readonly<Record<Way, number>>;
  /** At list price; undefined: not known. */
  readonly usd: number | undefined;
}

const KINDS: readonly RequestKind[] = ["list", "head", "get", "put", "delete"];

export function totalsText(totals: Totals): string {
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
  return `  plan: ${plan.join(", ")}\n  seen: ${looked.join(", ")}\n`;
}

/** `1 uploaded, 2 deleted here, 1 failed; 2.0 KiB up, 0 B down; 1 LIST, 1 PUT; $0.00001 at list price` */
export function spentText({ done, requests, traffic, usd }: Spent): string {
  const { actions, failed } = done;
  const counts: readonly (readonly [number, string])[] = [
    [actions.upload, "uploaded"],
    [actions.download, "downloaded"],
    [actions["copy-remote"] + actions["rename-local"], "renamed"],
    [actions["set-beside"], "kept beside"],
    [actions["delete-local"], "deleted here"],
    [actions["delete-remote"], "deleted in the bucket"],
    [actions.adopt, "recorded"],
    [actions.forget, "forgotten"],
    [failed, "failed"],
  ];
  const deeds = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return [
    deeds.length === 0 ? "nothing" : deeds.join(", "),
    `${bytesText(traffic.up)} up, ${bytesText(traffic.down)} down`,
    costText(requests, usd),
  ].join("; ");
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

/** `2 LIST, 1 PUT; $0.000015 at list price`, or `no requests`. Without a price where it is not known. */
export function costText(requests: Requests, usd: number | undefined): string {
  const sent = KINDS.filter((kind) => requests[kind] > 0).map(
    (kind) => `${requests[kind]} ${kind.toUpperCase()}`,
  );
  if (sent.length === 0) return "no requests";
  return `${sent.join(", ")}${usd === undefined ? "" : `; ${usdText(usd)} at list price`}`;
}

/** To a cent from a dollar on, else to the price of a quarter of a HEAD. */
function usdText(usd: number): string {
  return `$${usd >= 1 ? usd.toFixed(2) : usd.toFixed(7).replace(/\.?0+$/, "")}`;
}
