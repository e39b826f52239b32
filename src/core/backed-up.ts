/** Which version an action puts into the backup first. Rules R18, R19, R23 and S15. */

import type { Action, SaveReason, Verb } from "../model/action.ts";
import type { BackupPolicy } from "../model/backup-policy.ts";

export interface BackupOrder {
  readonly policy: BackupPolicy;
  /** Some file of this plan came with an older time than the recorded one. */
  readonly rolledBack: boolean;
}

/** The action as it is carried out. Guards count it as it was planned. */
export function backedUp(action: Action, order: BackupOrder): Action {
  const whenAll = givesUp(action);
  if (whenAll === undefined) return action;
  const { saves, ...rest } = action as Extract<Action, { readonly saves?: SaveReason }>;
  const reason = reasonFor(rest.verb, saves, order) ?? (order.policy === "all" ? whenAll : undefined);
  return reason === undefined ? rest : { ...rest, saves: reason };
}

/** How the version on the other side ends; undefined: nothing does, or it lives on under another name. */
function givesUp(action: Action): "overwritten" | "deleted" | undefined {
  switch (action.verb) {
    case "upload":
    case "download":
      return action.replaces === undefined || action.keptAs !== undefined ? undefined : "overwritten";
    case "delete-local":
    case "delete-remote":
      return action.movedTo === undefined ? "deleted" : undefined;
    default:
      return undefined;
  }
}

function reasonFor(
  verb: Verb,
  saves: SaveReason | undefined,
  { policy, rolledBack }: BackupOrder,
): SaveReason | undefined {
  // In a tree that went back in time, a file may be gone for no other reason.
  const reason = saves ?? (rolledBack && verb === "delete-remote" ? "rolled-back" : undefined);
  return reason === "rolled-back" && policy === "none" ? undefined : reason;
}
