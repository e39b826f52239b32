/** Which version an action puts into the backup first. Rules R18, R19, R23 and R28 to R30 of spec/reconcile.md. */

import type { Action, SaveReason } from "../model/action.ts";
import type { BackupPolicy } from "../model/backup-policy.ts";

export interface BackupOrder {
  readonly policy: BackupPolicy;
  /** Some file of this plan came with an older time than the recorded one. */
  readonly rolledBack: boolean;
}

/** The action as it is carried out. Guards count it as it was planned. What lives on under another name is not kept. */
export function backedUp(action: Action, order: BackupOrder): Action {
  switch (action.verb) {
    case "upload":
    case "download":
      if (action.replaces === undefined || action.keptAs !== undefined) return action;
      return { ...action, ...savesOf(action, "overwritten", order) };
    case "delete-local":
    case "delete-remote":
      if (action.movedTo !== undefined) return action;
      return { ...action, ...savesOf(action, "deleted", order) };
    default:
      return action;
  }
}

function savesOf(
  { verb, saves }: Extract<Action, { readonly saves?: SaveReason }>,
  whenAll: SaveReason,
  { policy, rolledBack }: BackupOrder,
): { readonly saves?: SaveReason } {
  // In a tree that went back in time, a file may be gone for no other reason.
  const reason = saves ?? (rolledBack && verb === "delete-remote" ? "rolled-back" : undefined);
  if (policy === "none" && reason === "rolled-back") return {};
  if (reason !== undefined) return { saves: reason };
  return policy === "all" ? { saves: whenAll } : {};
}
