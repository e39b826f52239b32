/** Leaves out of a plan what the run may not transfer any more. Spec: spec/choosing.md. */

import { Counter, lessened } from "../core/totals.ts";
import { withinAllowance } from "../core/transfer-limit.ts";
import type { Action } from "../model/action.ts";
import type { HeldAmount, LeftTransfers } from "../model/refusal.ts";
import { isHeldBy } from "./guards.ts";
import type { MapOrder, MapPorts } from "./map-ports.ts";
import type { Plan } from "./plan.ts";

export interface Limited {
  readonly plan: Plan;
  /** None where all fits. */
  readonly refusals: readonly LeftTransfers[];
}

/** Takes `planned` over. @param held by guards: what they hold takes nothing of the limit */
export function limitTransfers(
  { newSpool }: Pick<MapPorts, "newSpool">,
  { allowance }: Pick<MapOrder, "allowance">,
  planned: Plan,
  held: readonly HeldAmount[],
): Limited {
  if (allowance === undefined) return { plan: planned, refusals: [] };
  const counter = new Counter();
  const without = (action: Action): void => {
    counter.action(action);
    if (action.belied !== undefined) counter.keepMoment();
  };
  const isHeld = (action: Action): boolean => isHeldBy(held, action);
  const actions = newSpool<Action>();
  for (const action of withinAllowance(planned.actions, { allowance, isHeld, without })) actions.add(action);
  planned.actions.close();

  const left = counter.totals();
  const plan = { actions, totals: lessened(planned.totals, left) };
  const count = left.actions.upload + left.actions.download;
  if (count === 0) return { plan, refusals: [] };
  const bytes = left.bytesUp + left.bytesDown;
  return { plan, refusals: [{ what: "transfers", count, bytes, limit: allowance.limit }] };
}
