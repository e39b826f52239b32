/** Which versions the policy puts into the backup. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { backedUp } from "../../../src/core/backed-up.ts";
import { policiesOf } from "../../../src/core/map-policies.ts";
import type { Action, SaveReason } from "../../../src/model/action.ts";
import type { BackupPolicy } from "../../../src/model/backup-policy.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import type { LocalFile, RemoteObject } from "../../../src/model/observation.ts";
import { aMap } from "../../support/session.ts";

const key = keyOfText("a");
const local: LocalFile = { key, size: 1, mtimeMs: 1, ctimeMs: 1, ino: 1 };
const remote: RemoteObject = { key, size: 1, etag: "e", modifiedS: 1, archived: false };
const common = { key, rule: "R4" } as const;

const OVERWRITES: readonly Action[] = [
  { ...common, verb: "upload", local, replaces: remote },
  { ...common, verb: "download", remote, replaces: local },
];
const DELETES: readonly Action[] = [
  { ...common, verb: "delete-local", local },
  { ...common, verb: "delete-remote", remote, size: 1 },
];
const movedTo = keyOfText("b");
const GIVE_UP_NOTHING: readonly Action[] = [
  { ...common, verb: "upload", local, replaces: undefined },
  { ...common, verb: "download", remote, replaces: undefined },
  { ...common, verb: "delete-local", local, movedTo },
  { ...common, verb: "delete-remote", remote, size: 1, movedTo },
  { ...common, verb: "download", remote, replaces: local, keptAs: movedTo },
  { ...common, verb: "copy-remote", local, from: remote },
  { ...common, verb: "rename-local", remote, from: local },
  { ...common, verb: "forget" },
];

function saved(action: Action, policy: BackupPolicy, rolledBack = false): SaveReason | undefined {
  const done = backedUp(action, { policy, rolledBack });
  return "saves" in done ? done.saves : undefined;
}

function having(saves: SaveReason): Action {
  return { ...common, verb: "download", remote, replaces: local, saves };
}

test("S15: losers of conflicts and content that no record proves are kept under every policy", () => {
  for (const policy of ["losers", "all", "none"] as const) {
    assert.equal(saved(having("conflict"), policy), "conflict");
    assert.equal(saved(having("unproved"), policy), "unproved");
  }
});

test("S15: with all, whatever is overwritten or deleted is kept, on both sides; else it is not", () => {
  for (const action of OVERWRITES) assert.equal(saved(action, "all"), "overwritten", action.verb);
  for (const action of DELETES) assert.equal(saved(action, "all"), "deleted", action.verb);
  for (const action of [...OVERWRITES, ...DELETES]) {
    for (const policy of ["losers", "none"] as const)
      assert.equal(saved(action, policy), undefined, action.verb);
  }
});

test("S15: what lives on under another name, or was not there, is never kept", () => {
  for (const action of GIVE_UP_NOTHING) {
    assert.equal(saved(action, "all", true), undefined, action.verb);
  }
});

test("R19, S15: of a tree that went back in time the remote versions are kept, but for none", () => {
  const overwritten: Action = { ...common, verb: "upload", local, replaces: remote, saves: "rolled-back" };
  const deleted: Action = { ...common, verb: "delete-remote", remote, size: 1 };
  for (const policy of ["losers", "all"] as const) {
    assert.equal(saved(overwritten, policy, true), "rolled-back");
    assert.equal(saved(deleted, policy, true), "rolled-back");
  }
  assert.equal(saved(overwritten, "none", true), undefined);
  assert.equal(saved(deleted, "none", true), undefined);
});

const none = { onConflict: undefined, backup: undefined, direction: undefined };

test("S16: a flag goes before what the map has, which goes before the default", () => {
  const map = aMap({ options: { "on-conflict": "remote", backup: "all", direction: "up" } });
  assert.deepEqual(policiesOf(aMap(), none), { onConflict: "newer", backup: "losers", direction: "both" });
  assert.deepEqual(policiesOf(map, none), { onConflict: "remote", backup: "all", direction: "up" });
  assert.deepEqual(policiesOf(map, { onConflict: "both", backup: "none", direction: "both" }), {
    onConflict: "both",
    backup: "none",
    direction: "both",
  });
});

test("S16: a map with a word that is none of them cannot be synced without a flag", () => {
  const map = aMap({ options: { backup: "some" } });
  assert.throws(() => policiesOf(map, none), {
    name: "BsyncError",
    message: "/data/docs: the map has --backup some, which this version does not know",
  });
  assert.equal(policiesOf(map, { ...none, backup: "all" }).backup, "all");
});
