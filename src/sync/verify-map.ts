/** Compares the two sides and the records of one map, by content. Reads only. Spec: spec/looking.md. */

import { classify, type RunTimes } from "../core/classify.ts";
import {
  type BothSides,
  findByContent,
  findByFacts,
  findMissing,
  hasBothSides,
  isNobodys,
} from "../core/compare-views.ts";
import { inOrder } from "../core/in-order.ts";
import { mergeJoin, type Row } from "../core/merge-join.ts";
import { toAction } from "../core/to-action.ts";
import { BsyncError, InterruptedError, PathError, Stale } from "../model/errors.ts";
import { type Finding, type FindingKind, type Findings } from "../model/finding.ts";
import type { IgnoreTexts } from "../model/ignoring.ts";
import { isIgnoreFile } from "../model/object-key.ts";
import type { Spool } from "../ports/spool.ts";
import { type IgnoreRow, sourcesOf, startingOver } from "./join.ts";
import type { MapOrder, MapPorts } from "./map-ports.ts";
import { type RulePorts, type Rules, rulesOf } from "./read-rules.ts";
import { sameContent } from "./same-content.ts";
import { byWinningRules, type Walked } from "./winning-rules.ts";

export type VerifyPorts = RulePorts & Pick<MapPorts, "snapshot" | "newSpool">;

export interface VerifyOrder extends Pick<MapOrder, "names" | "onConflict" | "signal"> {
  /** By size, time and ETag alone: no file and no object is opened but ignore files. */
  readonly quick: boolean;
  readonly times: RunTimes;
}

interface Rows extends Walked {
  readonly items: Spool<Row>;
}

/**
 * @param tell awaited for every finding, in key order
 * @throws {BsyncError} the map cannot be looked at to its end
 */
export async function verifyMap(
  ports: VerifyPorts,
  order: VerifyOrder,
  tell: (finding: Finding) => Promise<void>,
): Promise<Findings> {
  checkRoot(ports);
  const ruling = { onConflict: order.onConflict, acceptPlain: true, reencode: false };
  const walk = (overrides: IgnoreTexts): Promise<Rows> =>
    startingOver(
      () => allRows(ports, order, overrides),
      async () => {},
    );
  const { walked, readings } = await byWinningRules(ports, ruling, walk);
  const counts = { ...NONE };
  let paths = 0;
  try {
    const rules = rulesOf(readings, ports.map.recursive);
    const wanted = function* (): Generator<Row> {
      for (const row of walked.items) {
        if (order.signal.aborted) throw new InterruptedError(order.signal);
        if (row.base === undefined && rules.now.ignores(row.key)) continue;
        paths++;
        yield row;
      }
    };
    const look = (row: Row): Promise<Finding | undefined> => find(ports, order, rules, row);
    for await (const finding of inOrder(wanted(), look, { concurrency: 16, window: 1024 })) {
      if (finding === undefined) continue;
      counts[finding.kind]++;
      await tell(finding);
    }
    checkRoot(ports);
    return { paths, counts };
  } finally {
    walked.items.close();
  }
}

const NONE: Readonly<Record<FindingKind, number>> = {
  "missing here": 0,
  "missing there": 0,
  differs: 0,
  "not recorded": 0,
  "record differs": 0,
  unreadable: 0,
  unknown: 0,
};

/** Of a directory that is not there every object would be told as missing. */
function checkRoot({ map, files }: VerifyPorts): void {
  if (files.identity() !== undefined) return;
  throw new BsyncError(`${map.root} is missing or not a directory`, { hint: "mount or make it again" });
}

async function allRows(
  ports: VerifyPorts,
  { times, names, signal }: VerifyOrder,
  overrides: IgnoreTexts,
): Promise<Rows> {
  const items = ports.newSpool<Row>();
  const ignoreFiles: IgnoreRow[] = [];
  const { sources, scan } = sourcesOf(ports, overrides);
  try {
    await mergeJoin(sources, (row) => {
      if (signal.aborted) throw new InterruptedError(signal);
      if (isIgnoreFile(row.key)) ignoreFiles.push({ row, item: toAction(row, classify(row, times)) });
      if (!isNobodys(row) && names?.(row.key) !== false) items.add(row);
    });
  } catch (error) {
    items.close();
    throw error;
  }
  return { items, ignoreFiles, scanned: scan.ignoreTexts, pruned: scan.pruned() };
}

async function find(
  ports: VerifyPorts,
  { quick }: VerifyOrder,
  rules: Rules,
  row: Row,
): Promise<Finding | undefined> {
  const { key } = row;
  const blocked = row.base === undefined && !isIgnoreFile(key) ? unreadableAbove(rules, row) : undefined;
  if (blocked !== undefined) return { key, kind: "unknown", why: blocked };
  if (!hasBothSides(row)) return findMissing(row);
  return quick ? findByFacts(row, ports.hadEnvelopes) : findInside(ports, row);
}

/** Nobody can tell which names are meant to be synced there. */
function unreadableAbove({ unreadable }: Rules, { key }: Row): string | undefined {
  for (const [directory, why] of unreadable) if (key.startsWith(directory)) return why;
  return undefined;
}

async function findInside(ports: VerifyPorts, row: BothSides): Promise<Finding | undefined> {
  const { key } = row;
  try {
    const { same } = await sameContent(ports, row);
    if (same === "archived") return { key, kind: "unreadable", why: "the object is archived" };
    return findByContent(row, same);
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    return { key, kind: error instanceof Stale ? "unknown" : "unreadable", why: error.message };
  }
}
