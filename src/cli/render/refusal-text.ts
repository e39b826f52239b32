/** What guards about amounts and `--max-transfer` leave out, and which flags let it through. */

import type { DirectoryMap } from "../../model/map.ts";
import type { HeldAmount, LeftTransfers, Refusal } from "../../model/refusal.ts";
import type { Side } from "../../model/totals.ts";
import { bytesText, countText } from "./amounts.ts";
import { problemLines } from "./error-text.ts";
import { pairText } from "./map-text.ts";

const FLAG = { deletions: "--max-delete", overwrites: "--max-overwrite" } as const;
const VERB = { deletions: "deleted", overwrites: "overwritten" } as const;
const PLACE: Readonly<Record<Side, string>> = { local: "here", remote: "in the bucket" };

/** All refusals of one map: a sentence each, and one hint with every flag that is needed. */
export function refusalsText(map: DirectoryMap, refusals: readonly Refusal[]): string {
  return problemLines(
    refusals.map((refusal) => `${pairText(map)}: ${sentence(refusal)}`),
    hint(refusals),
  );
}

function sentence(refusal: Refusal): string {
  return refusal.what === "transfers" ? leftSentence(refusal) : heldSentence(refusal);
}

function heldSentence({ what, side, count, of }: HeldAmount): string {
  const amount = `${count.toLocaleString("en-US")} of ${countText(of, "tracked file")}`;
  const looks = what === "deletions" ? " (a renamed directory looks like this too)" : "";
  return `${amount} would be ${VERB[what]} ${PLACE[side]}${looks}: held back, with their records; the rest goes on`;
}

function leftSentence({ count, bytes, limit }: LeftTransfers): string {
  const amount = `${countText(count, "transfer")} (${bytesText(bytes)})`;
  return `${amount} not within --max-transfer, ${bytesText(limit)} a run: left, with their records; the rest goes on`;
}

function hint(refusals: readonly Refusal[]): string {
  const flags = (["deletions", "overwrites"] as const).flatMap((what) => {
    const counts = refusals.flatMap((refusal) => (refusal.what === what ? [refusal.count] : []));
    return counts.length === 0 ? [] : [`${FLAG[what]} ${Math.max(...counts)}`];
  });
  const isLimited = refusals.some(({ what }) => what === "transfers");
  return [
    ...(flags.length === 0
      ? []
      : [`look at them with s3-bsync --dryrun; to allow them in one run: s3-bsync ${flags.join(" ")}`]),
    ...(isLimited ? ["the next run takes up what is left; --max-transfer SIZE says how much one may"] : []),
  ].join("; ");
}
