/** Makes the plan of one map: all actions in key order, spooled, and their totals. Changes nothing. */

import { choose } from "../core/choose.ts";
import { pairMoves } from "../core/pair-moves.ts";
import type { Action } from "../model/action.ts";
import type { Totals } from "../model/totals.ts";
import type { Spool } from "../ports/spool.ts";
import { chosenNames } from "./chosen-names.ts";
import { join } from "./join.ts";
import { look } from "./look.ts";
import type { MapOrder, MapPorts } from "./map-ports.ts";
import { rulesOf } from "./read-rules.ts";
import { settleConflicts } from "./settle-conflicts.ts";
import { byWinningRules } from "./winning-rules.ts";

export interface Plan {
  readonly actions: Spool<Action>;
  readonly totals: Totals;
}

export async function plan(ports: MapPorts, order: MapOrder): Promise<Plan> {
  const { walked: draft, readings } = await byWinningRules(ports, order, (overrides) =>
    join(ports, order, overrides),
  );
  const looked = ports.newSpool<Action>();
  try {
    const rules = rulesOf(readings, ports.map.recursive);
    const names = chosenNames(order.names, draft, rules);
    for await (const action of look(ports, order, draft, { rules, names })) looked.add(action);
    const settled = await settleConflicts(ports, order, looked);
    const actions = ports.newSpool<Action>();
    for (const action of pairMoves(settled.actions)) {
      const chosen = choose(action, { names, direction: order.direction });
      if (chosen !== action && action.belied !== undefined) draft.counter.keepMoment();
      if (chosen === undefined) draft.counter.leftOut(action);
      else {
        draft.counter.action(chosen);
        actions.add(chosen);
      }
    }
    settled.close();
    if (ports.reporter.wantsNotes && !rules.now.empty) await noteTracked(ports, rules.now);
    return { actions, totals: draft.counter.totals() };
  } finally {
    draft.items.close();
    looked.close();
  }
}

async function noteTracked({ map, snapshot, reporter }: MapPorts, rules: ReturnType<typeof rulesOf>["now"]) {
  for (const batch of snapshot.records(map)) {
    for (const { key } of batch) {
      if (!rules.ignores(key)) continue;
      await reporter.noted(
        map,
        "is tracked although an ignore rule matches it: --init --untrack-ignored",
        key,
      );
    }
  }
}
