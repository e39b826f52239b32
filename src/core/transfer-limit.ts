/** `--max-transfer`: which transfers of a plan still fit. Rules CH11 and CH12. */

import type { Action, Download, Upload } from "../model/action.ts";
import type { ObjectKey } from "../model/object-key.ts";
import { left } from "./choose.ts";

/** What one run may still send and fetch, over all its maps. */
export class Allowance {
  /** In bytes, of the whole run. */
  readonly limit: number;
  #free: number;

  constructor(limit: number, free = limit) {
    this.limit = limit;
    this.#free = free;
  }

  /** All of it or nothing. */
  take(bytes: number): boolean {
    if (bytes > this.#free) return false;
    this.#free -= bytes;
    return true;
  }

  /** What is taken of it is not taken of this one. */
  rehearsal(): Allowance {
    return new Allowance(this.limit, this.#free);
  }
}

export interface LimitOrder {
  readonly allowance: Allowance;
  /** Held by a guard: it takes nothing. */
  readonly isHeld: (action: Action) => boolean;
  /** Told of each action that does not fit. */
  readonly without: (action: Action) => void;
}

/** In the order of the plan, each transfer that still fits is taken. @param actions read twice */
export function* withinAllowance(
  actions: Iterable<Action>,
  { allowance, isHeld, without }: LimitOrder,
): Generator<Action, void, undefined> {
  const rehearsal = allowance.rehearsal();
  const unkept = new Set<ObjectKey>();
  for (const action of actions) {
    if (!isTransfer(action) || isHeld(action) || rehearsal.take(bytesOf(action))) continue;
    if (action.keptAs !== undefined) unkept.add(action.keptAs);
  }
  for (const action of actions) {
    const isLoser = action.verb === "set-beside" && unkept.has(action.key);
    const isTooMuch = isTransfer(action) && !isHeld(action) && !allowance.take(bytesOf(action));
    if (isLoser || isTooMuch) without(action);
    if (isTooMuch) yield left(action, "it does not fit into --max-transfer any more");
    else if (!isLoser) yield action;
  }
}

function isTransfer(action: Action): action is Upload | Download {
  return action.verb === "upload" || action.verb === "download";
}

/** Of content; with that of the loser that is kept beside it, for neither is done without the other. */
function bytesOf(action: Upload | Download): number {
  const { size } = action.verb === "upload" ? action.local : action.remote;
  return size + (action.keptAs === undefined ? 0 : (action.replaces?.size ?? 0));
}
