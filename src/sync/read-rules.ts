/** Reads the ignore files as they will be after this run, and as they were before it. Spec: spec/ignoring.md. */

import { IgnoreRules } from "../core/ignore-rules.ts";
import type { Action } from "../model/action.ts";
import { PathError } from "../model/errors.ts";
import { COSTLY_RULES, MAX_IGNORE_BYTES } from "../model/ignoring.ts";
import { directoryOf, type ObjectKey } from "../model/object-key.ts";
import { isUnknown, type RemoteObject } from "../model/observation.ts";
import { withContent } from "./actions/with-content.ts";
import { inspect } from "./inspect.ts";
import { unopened } from "./unopened.ts";
import type { Draft, IgnoreRow } from "./join.ts";
import type { MapOrder, MapPorts } from "./map-ports.ts";

/** What one ignore file says before and after this run; undefined: there is none. */
export interface Reading {
  readonly now: string | undefined;
  readonly before: string | undefined | "unknown";
}

export type RulePorts = Pick<MapPorts, "map" | "files" | "objects" | "envelope" | "hadEnvelopes">;
export type RuleOrder = Pick<MapOrder, "onConflict" | "acceptPlain" | "reencode">;

export type Readings = ReadonlyMap<ObjectKey, Reading | PathError>;

export interface Rules {
  /** Whether names that nobody tracks yet are left alone. */
  readonly now: IgnoreRules;
  /** Whether the old or the new rules match a name, in a run in which rules change. */
  readonly changedFor: (key: ObjectKey) => boolean;
  /** Directories whose ignore file cannot be read: all below them is unknown. */
  readonly unreadable: ReadonlyMap<ObjectKey, string>;
}

/** @param known readings of an earlier join of this run, by directory */
export async function readIgnoreFiles(
  ports: RulePorts,
  order: RuleOrder,
  draft: Pick<Draft, "ignoreFiles" | "scanned">,
  known: Readings,
): Promise<Readings> {
  const readings = new Map(known);
  for (const { row, item } of draft.ignoreFiles) {
    const directory = directoryOf(row.key) as ObjectKey;
    if (readings.has(directory) || (!ports.map.recursive && directory !== "")) continue;
    try {
      readings.set(directory, await readOne(ports, order, draft, { row, item }));
    } catch (error) {
      if (!(error instanceof PathError)) throw error;
      readings.set(directory, error);
    }
  }
  return readings;
}

export function rulesOf(readings: Readings, recursive: boolean): Rules {
  const now = new Map<ObjectKey, string>();
  const before = new Map<ObjectKey, string>();
  const unreadable = new Map<ObjectKey, string>();
  const wholly: ObjectKey[] = []; // directories of which the old rules cannot be known
  let changed = false;
  for (const [directory, reading] of readings) {
    if (reading instanceof PathError) {
      unreadable.set(directory, reading.message);
      continue;
    }
    if (reading.now !== undefined) now.set(directory, reading.now);
    if (reading.before === "unknown") wholly.push(directory);
    else if (reading.before !== undefined) before.set(directory, reading.before);
    changed ||= reading.now !== reading.before;
  }
  const rules = { now: new IgnoreRules(now, { recursive }), before: new IgnoreRules(before, { recursive }) };
  for (const directory of rules.now.refused) unreadable.set(directory, COSTLY_RULES);
  wholly.push(...rules.before.refused);
  return {
    now: rules.now,
    changedFor: (key) =>
      changed &&
      (rules.now.ignores(key) ||
        rules.before.ignores(key) ||
        wholly.some((directory) => key.startsWith(directory))),
    unreadable,
  };
}

async function readOne(
  ports: RulePorts,
  order: RuleOrder,
  { scanned }: Pick<Draft, "scanned">,
  { row, item }: IgnoreRow,
): Promise<Reading> {
  const { local, remote } = row;
  const here = scanned.get(directoryOf(row.key) as ObjectKey);
  const there = (): Promise<string> => {
    if (remote === undefined || isUnknown(remote))
      throw new Error("an ignore file was read that is not there");
    return readText(ports.objects, remote);
  };
  const inspected = item === undefined ? undefined : await inspect(ports, order, item);
  const action = inspected && ((await unopened(ports, order, inspected)) ?? inspected);
  if (action?.verb === "leave") throw new PathError(unreadableAs(action.why));
  if (action?.verb === "download" && action.onlyRename !== undefined)
    throw new PathError(unreadableAs(action.onlyRename.why));
  const changedOnBoth = action !== undefined && BOTH_SIDES.has(action.rule);

  const now = await winner(action, here, local !== undefined, there);
  if (action === undefined || action.rule === "R1") return { now, before: now };
  if (action.rule === "R10" || action.rule === "R11") return { now, before: undefined };
  if (action.rule === "R12" && action.verb === "adopt") return { now, before: undefined };
  if (changedOnBoth) return { now, before: "unknown" };
  // One side changed, so the other still holds what both agreed on.
  return { now, before: action.rule === "R2" || action.rule === "R3" ? here : await there() };
}

/** The scan may have said it already. */
function unreadableAs(why: string): string {
  return why.startsWith("its ignore file ") ? why : `its ignore file cannot be read: ${why}`;
}

const BOTH_SIDES: ReadonlySet<Action["rule"]> = new Set(["R5", "R6", "R8", "R9", "R12"]);

/** The text that the path will have on both sides. */
async function winner(
  action: Action | undefined,
  here: string | undefined,
  isHere: boolean,
  there: () => Promise<string>,
): Promise<string | undefined> {
  switch (action?.verb) {
    case "download":
      return there();
    case "delete-local":
    case "delete-remote":
    case "forget":
      return undefined;
    default:
      // A file in a directory that is pruned is not read by the scan; what is above it decides there.
      return isHere ? (here ?? "") : there();
  }
}

async function readText(objects: MapPorts["objects"], object: RemoteObject): Promise<string> {
  if (object.size > MAX_IGNORE_BYTES)
    throw new PathError(`its ignore file is above ${MAX_IGNORE_BYTES} bytes`);
  return withContent(objects, object, async ({ chunks }) => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode();
  });
}
