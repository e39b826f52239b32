/** What the guards about amounts hold, and which flags let it through. */

import type { DirectoryMap } from "../../model/map.ts";
import type { Refusal } from "../../model/refusal.ts";
import type { Side } from "../../model/totals.ts";
import { countText } from "./amounts.ts";
import { problemLines } from "./error-text.ts";
import { pairText } from "./map-text.ts";

const FLAG = { deletions: "--max-delete", overwrites: "--max-overwrite" } as const;
const VERB = { deletions: "deleted", overwrites: "overwritten" } as const;
const PLACE: Readonly<Record<Side, string>> = { local: "here", remote: "in the bucket" };

/** All refusals of one map: a sentence each, and one hint with every flag that is needed. */
export function refusalsText(map: DirectoryMap, refusals: readonly Refusal[]): string {
  return problemLines(
    refusals.map((refusal) => sentence(map, refusal)),
    hint(refusals),
  );
}

function sentence(map: DirectoryMap, { what, side, count, of }: Refusal): string {
  const amount = `${count.toLocaleString("en-US")} of ${countText(of, "tracked file")}`;
  const looks = what === "deletions" ? " (a renamed directory looks like this too)" : "";
  return `${pairText(map)}: ${amount} would be ${VERB[what]} ${PLACE[side]}${looks}: held back, with their records; the rest goes on`;
}

function hint(refusals: readonly Refusal[]): string {
  const flags = (["deletions", "overwrites"] as const).flatMap((what) => {
    const counts = refusals.filter((refusal) => refusal.what === what).map(({ count }) => count);
    return counts.length === 0 ? [] : [`${FLAG[what]} ${Math.max(...counts)}`];
  });
  return `look at them with s3-bsync --dryrun; to allow them in one run: s3-bsync ${flags.join(" ")}`;
}
