/** The second walk: answers every question of the draft, and strikes what is ignored or cannot be. Reads only. */

import { leftUnseen } from "../core/choose.ts";
import { inOrder } from "../core/in-order.ts";
import type { Action, Leave } from "../model/action.ts";
import type { NameChoice } from "../model/choice.ts";
import { isUntracked } from "../model/decision.ts";
import { isEncrypted } from "../model/encoding.ts";
import { InterruptedError, PathError } from "../model/errors.ts";
import { isIgnoreFile, keyText } from "../model/object-key.ts";
import type { Question } from "../model/question.ts";
import { beliedBy, inspect, left, lookInside } from "./inspect.ts";
import type { Draft } from "./join.ts";
import type { MapOrder, MapPorts } from "./map-ports.ts";
import type { Rules } from "./read-rules.ts";
import { factsOf, unopened } from "./unopened.ts";

const LOOKS_AT_ONCE = 32;

export async function* look(
  ports: MapPorts,
  order: MapOrder,
  draft: Draft,
  { rules, names }: { readonly rules: Rules; readonly names: NameChoice | undefined },
): AsyncGenerator<Action, void, undefined> {
  const wanted = function* (): Generator<Action | Question> {
    for (const item of draft.items) {
      if (order.signal.aborted) throw new InterruptedError(order.signal);
      if (isUntracked(item.rule) && rules.now.ignores(item.key)) draft.counter.ignored(item);
      else if (names === undefined || names(item.key) || draft.renames.mayBeNewName(item))
        yield unseen(rules, order, item) ?? item;
      else {
        draft.counter.leftOut(item);
        if (beliedBy(item).belied !== undefined) draft.counter.keepMoment();
      }
    }
  };
  const settle = async (item: Action | Question): Promise<Action | undefined> => {
    const blocked = blockedBy(rules, item);
    if (blocked !== undefined) return isIgnoreFile(item.key) ? waiting(ports, order, item, blocked) : blocked;
    const action = await inspect(ports, order, item);
    if (action === undefined) return undefined;
    const other = spared(rules, action) ?? unsendable(ports, action) ?? clashing(ports, draft, rules, action);
    return other ?? (await unopened(ports, order, action)) ?? withDigest(ports, draft, action);
  };
  const concurrency = Math.min(LOOKS_AT_ONCE, order.concurrency);
  for await (const action of inOrder(wanted(), settle, { concurrency, window: 4096 })) {
    if (action !== undefined) yield action;
  }
}

/** Where rules change, or cannot be read, they decide first. */
function unseen(
  { unreadable, changedFor }: Rules,
  { direction }: MapOrder,
  item: Action | Question,
): Action | undefined {
  const isRuled = unreadable.size > 0 || changedFor(item.key);
  return isRuled ? undefined : leftUnseen(item, direction);
}

/** Below an ignore file that cannot be read nothing is known; the file itself is reported, the rest is named at --debug. */
function blockedBy({ unreadable }: Rules, item: Action | Question): Leave | undefined {
  const { key, rule } = item;
  if (unreadable.size === 0) return undefined;
  for (const [directory, why] of unreadable) {
    if (key.startsWith(directory))
      return { verb: "leave", key, rule, why, reported: isIgnoreFile(key), ...beliedBy(item) };
  }
  return undefined;
}

/** An ignore file that cannot be read because it waits in a conflict is counted as one. */
async function waiting(
  ports: MapPorts,
  order: MapOrder,
  item: Action | Question,
  blocked: Leave,
): Promise<Leave> {
  const action = await inspect(ports, order, item);
  return action?.verb === "leave" && action.conflict !== undefined
    ? { ...blocked, conflict: action.conflict }
    : blocked;
}

/**
 * A change of rules must never read as a deletion: a tracked name that the old or the new rules match is not
 * deleted or overwritten in the run that brings the change. Its record goes, both copies stay.
 */
function spared({ changedFor }: Rules, action: Action): Action | undefined {
  const { key, rule, verb } = action;
  if (isUntracked(rule)) return undefined;
  const destroys =
    verb === "delete-local" ||
    verb === "delete-remote" ||
    ("replaces" in action && action.replaces !== undefined);
  if (!destroys || isIgnoreFile(key) || !changedFor(key)) return undefined;
  return {
    verb: "forget",
    key,
    rule,
    note: "the ignore rules for it change in this run: both copies stay, untracked",
  };
}

/** A name that the endpoint is known to store as another one is not sent. */
function unsendable({ objects }: MapPorts, action: Action): Action | undefined {
  const why = action.verb === "upload" ? objects.refuses(action.key) : undefined;
  return why === undefined ? undefined : left(action, why);
}

/** A name that arrives must be able to stand beside what is there and what else arrives. */
function clashing(
  { files }: MapPorts,
  { clashes }: Draft,
  { now }: Rules,
  action: Action,
): Action | undefined {
  const { key } = action;
  if (action.verb !== "download" || action.replaces !== undefined) return undefined;
  const other = clashes.clashOf(key);
  if (other !== undefined && !now.ignores(other)) {
    return left(action, `it cannot stand beside ${JSON.stringify(keyText(other))} in a directory`);
  }
  if (!files.foldsNames || clashes.twinGoes(key) || !files.isTaken(key)) return undefined;
  return left(action, "a file whose name differs in case or form only is there");
}

/** Where a file may be the new name of an object that goes, or the reverse, what they hold must be known. */
async function withDigest(ports: MapPorts, { renames }: Draft, action: Action): Promise<Action> {
  if (action.verb === "upload" && renames.mayBeRenamed(action)) {
    const content = await lookInside(ports, action.local).catch(unread);
    return { ...action, content };
  }
  if (action.verb === "delete-remote" && ports.hadEnvelopes && renames.mayHaveNewName(action)) {
    const facts = await factsOf(ports, action.remote).catch(unread);
    if (facts === "unread" || facts === undefined) return action;
    const { enveloped } = facts;
    if (ports.map.gpg && !isEncrypted(enveloped?.encoding ?? "")) return { ...action, neverCopy: true };
    return enveloped === undefined ? action : { ...action, digest: enveloped.sha256 };
  }
  if (action.verb === "download" && ports.hadEnvelopes && renames.mayHaveOldName(action)) {
    const facts = await factsOf(ports, action.remote).catch(unread);
    const enveloped = facts === "unread" ? undefined : facts?.enveloped;
    return enveloped === undefined ? action : { ...action, enveloped };
  }
  return action;
}

/** It is only no rename then. */
function unread(error: unknown): "unread" {
  if (!(error instanceof PathError)) throw error;
  return "unread";
}
