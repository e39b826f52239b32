/** Versions in the backup as text. */

import { isLost, type KeptVersion, type LostVersion } from "../../ports/backups.ts";
import type { Restored } from "../../sync/restore.ts";
import { bytesText, timeText } from "./amounts.ts";
import { printable, shownKey } from "./escape.ts";
import { problemLines } from "./error-text.ts";

/** `    a/b.txt  local, 21 B, of 2023-11-14T22:13:20.123Z: lost a conflict` */
export function versionText(version: KeptVersion): string {
  const { key, side, size, mtimeNs, reason } = version;
  const time = timeText(Number(mtimeNs / 1_000_000n));
  return `    ${shownKey(key)}  ${SIDE_TEXTS[side]}, ${bytesText(size)}, of ${time}: ${reasonText(reason)}\n`;
}

/** For stderr. */
export function lostText({ run, archive, why }: LostVersion): string {
  return problemLines([`${run}/${archive} ${why}`], undefined);
}

/** `  restored  a.0002.txt  21 B  (a.txt, local: lost a conflict)` */
export function restoredText({ version, to, why }: Attempted, dryRun: boolean): string | undefined {
  if (why !== undefined) return undefined;
  const { key, side, size, reason } = version;
  const from = to === key ? "" : `${shownKey(key)}, `;
  const what = dryRun ? "restore " : "restored";
  return `  ${what}  ${shownKey(to)}  ${bytesText(size)}  (${from}${SIDE_TEXTS[side]}: ${reasonText(reason)})\n`;
}

/** For stderr. @returns undefined: nothing is wrong */
export function notRestoredText(restored: Restored): string | undefined {
  if (!("to" in restored)) return isLost(restored.version) ? lostText(restored.version) : undefined;
  const { version, to, why } = restored;
  if (why === undefined) return undefined;
  return problemLines([`${shownKey(to)}: ${why} (${version.run}/${version.archive})`], undefined);
}

type Attempted = Extract<Restored, { readonly to: unknown }>;

const SIDE_TEXTS = { local: "local", remote: "S3" } as const;

/** What became of it, where nobody had kept it. */
function reasonText(reason: string): string {
  return REASON_TEXTS[reason] ?? printable(reason);
}

const REASON_TEXTS: Readonly<Record<string, string>> = {
  conflict: "lost a conflict",
  "rolled-back": "the local tree went back in time",
  unproved: "no record proved its content",
  overwritten: "was overwritten",
  deleted: "was deleted",
};
