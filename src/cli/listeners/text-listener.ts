/** The plan of a dry run, and what `--debug` shows, on stdout. */

import { listPriceUsd } from "../../core/list-price.ts";
import type { Output } from "../context.ts";
import type { Listener } from "./listeners.ts";
import { actionText } from "../render/action-text.ts";
import { printable, shownKey } from "../render/escape.ts";
import { pairText } from "../render/map-text.ts";
import { outcomeText } from "../render/outcome-text.ts";
import { costText, requestsToCome, spentText, totalsText } from "../render/totals-text.ts";
import { spentOn } from "./run-tally.ts";

interface TextOptions {
  readonly dryRun: boolean;
  readonly debug: boolean;
}

/** Without any of its options it says nothing. */
export function textListener(stdout: Output, { dryRun, debug }: TextOptions): Listener {
  if (!dryRun && !debug) return {};
  return {
    began: (map) => stdout.write(`${pairText(map)}\n`),
    async noted(_map, text, key) {
      if (debug)
        await stdout.write(`  note: ${key === undefined ? "" : `${shownKey(key)}: `}${printable(text)}\n`);
    },
    async planned(_map, action) {
      const isQuiet = action.verb === "leave" && !action.reported && action.byChoice !== true && !debug;
      if (dryRun && !isQuiet) await stdout.write(actionText(action));
    },
    async ended(_map, outcome) {
      if (debug) await stdout.write(outcomeText(outcome));
    },
    async expired(run) {
      await stdout.write(`backups of ${run}: old enough, ${dryRun ? "a run removes them" : "removed"}\n`);
    },
    async finished(_map, result) {
      const { totals, endpoint } = result;
      if (totals !== undefined) await stdout.write(totalsText(totals));
      const spent = spentOn(result);
      if (!dryRun) return await stdout.write(`  done: ${spentText(spent)}\n`);
      if (totals === undefined) return;
      const toCome = requestsToCome(totals);
      const cost = costText(toCome, listPriceUsd(endpoint, toCome));
      await stdout.write(`  requests: ${costText(spent.requests, spent.usd)} so far\n`);
      await stdout.write(`  requests of a run to come, at least: ${cost}\n`);
    },
  };
}
