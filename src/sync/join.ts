/** The first walk: joins scan, listing and records to a draft of the plan. Looks at nothing inside. */

import { classify } from "../core/classify.ts";
import { mergeJoin, type Row, type Sources } from "../core/merge-join.ts";
import { type Fate, NameClashes } from "../core/name-clashes.ts";
import { RenameHints } from "../core/rename-hints.ts";
import { seekTracked } from "../core/seek-tracked.ts";
import { toAction } from "../core/to-action.ts";
import { Counter } from "../core/totals.ts";
import type { Action } from "../model/action.ts";
import { isUntracked } from "../model/decision.ts";
import { InterruptedError, UnorderedListing } from "../model/errors.ts";
import type { IgnoreTexts } from "../model/ignoring.ts";
import { isIgnoreFile, type ObjectKey } from "../model/object-key.ts";
import { isUnknown } from "../model/observation.ts";
import type { Question } from "../model/question.ts";
import type { Scan } from "../ports/file-tree.ts";
import type { Spool } from "../ports/spool.ts";
import type { MapOrder, MapPorts } from "./map-ports.ts";

export interface Draft {
  /** In key order: all that is to be done, asked or left. */
  readonly items: Spool<Action | Question>;
  readonly counter: Counter;
  readonly clashes: NameClashes;
  readonly renames: RenameHints;
  /** Every ignore file that anybody has, and what its row asks for. */
  readonly ignoreFiles: readonly IgnoreRow[];
  readonly scanned: IgnoreTexts;
  readonly pruned: boolean;
}

export interface IgnoreRow {
  readonly row: Row;
  readonly item: Action | Question | undefined;
}

/** @param overrides ignore files that are taken to read thus, whatever stands on disk */
export function join(ports: MapPorts, order: MapOrder, overrides: IgnoreTexts): Promise<Draft> {
  const told = (why: string): Promise<void> => ports.reporter.noted(ports.map, why);
  return startingOver(() => joinOnce(ports, order, overrides), told);
}

/** Nothing has acted on what a join gave so far; the store sorts its listings from now on. */
export async function startingOver<T>(
  joining: () => Promise<T>,
  told: (why: string) => Promise<void>,
): Promise<T> {
  for (;;) {
    try {
      return await joining();
    } catch (error) {
      if (!(error instanceof UnorderedListing)) throw error;
      await told(`${error.message}: it is collected and sorted`);
    }
  }
}

export function sourcesOf(
  { map, files, objects, snapshot }: Pick<MapPorts, "map" | "files" | "objects" | "snapshot">,
  overrides: IgnoreTexts,
): { readonly sources: Sources; readonly scan: Scan } {
  const { recursive } = map;
  const scan = files.scan({ recursive, overrides, tracked: seekTracked(snapshot.records(map)) });
  const splitAt = snapshot.splitKeys(map) ?? ((): readonly ObjectKey[] => files.guessSplits());
  const remote = objects.list({ recursive, splitAt });
  return { scan, sources: { local: scan.batches, remote, base: snapshot.records(map) } };
}

async function joinOnce(
  ports: MapPorts,
  { times, reencode, names, signal }: MapOrder,
  overrides: IgnoreTexts,
): Promise<Draft> {
  const items = ports.newSpool<Action | Question>();
  const counter = new Counter();
  const clashes = new NameClashes(ports.files.foldsNames);
  const renames = new RenameHints();
  const ignoreFiles: IgnoreRow[] = [];
  const { sources, scan } = sourcesOf(ports, overrides);
  try {
    await mergeJoin(sources, (row) => {
      if (signal.aborted) throw new InterruptedError(signal);
      const item = toAction(row, classify(row, times)) ?? (reencode ? howEncoded(row) : undefined);
      counter.row(row);
      const isChosen = item === undefined || names === undefined || names(row.key);
      clashes.see(row.key, fateOf(row, item, isChosen));
      if (isIgnoreFile(row.key)) ignoreFiles.push({ row, item });
      if (item !== undefined) {
        if (isChosen || isUntracked(item.rule)) renames.see(item);
        items.add(item);
      }
    });
  } catch (error) {
    items.close();
    throw error;
  }
  return { items, counter, clashes, renames, ignoreFiles, scanned: scan.ignoreTexts, pruned: scan.pruned() };
}

function howEncoded({ key, local, remote }: Row): Question | undefined {
  if (local === undefined || remote === undefined || isUnknown(local) || isUnknown(remote)) return undefined;
  return { verb: "ask", ask: "encoding", key, rule: "R1", local, remote };
}

function fateOf({ local, remote }: Row, item: Action | Question | undefined, isChosen: boolean): Fate {
  if (item?.rule === "R3" && isChosen) return "goes"; // unless the look finds an edit
  if (local !== undefined) return "holds";
  return item?.verb === "download" && remote !== undefined && !isUnknown(remote) ? "arrives" : "none";
}
