/** What happens, as plain data: it can be drawn, shrunk, printed and played again. */

import fc from "fast-check";
import { BACKUP_POLICIES, type BackupPolicy } from "../../../src/model/backup-policy.ts";
import { CONFLICT_POLICIES, type ConflictPolicy } from "../../../src/model/conflict-policy.ts";
import type { Edit, MachineName, Place } from "./edit.ts";
import type { Deed, Fault, Point } from "./fault.ts";

export interface Run {
  readonly op: "run";
  readonly machine: MachineName;
  readonly faults: readonly Fault[];
  readonly keepsTail: boolean;
  readonly policy: ConflictPolicy;
  readonly backup: BackupPolicy;
  readonly lie: { readonly how: "hides" | "lags"; readonly path: string } | null;
}

export interface History {
  /** Every object is put and copied in parts, so that no ETag is an MD5. */
  readonly inParts: boolean;
  /** In sync from the beginning. */
  readonly tracked: readonly string[];
  readonly steps: readonly (Edit | Run)[];
}

/** What may happen. */
export interface Kinds {
  readonly ops: readonly Edit["op"][];
  readonly places: readonly Place[];
  readonly machines: readonly MachineName[];
  readonly deeds: readonly Deed["does"][];
  readonly lies: readonly ("hides" | "lags")[];
}

/** Few names that collide: a small pool finds more. */
export const PATHS = ["a", "a/b", "a-b", "d/x", "d/y", "é"] as const;

/** Points that are passed seldom, so that a number alone would seldom find them. */
const POINTS: readonly Point[] = [
  "head",
  "get",
  "put",
  "put done",
  "copy",
  "copy done",
  "delete",
  "delete done",
  "open",
  "read",
  "stage",
  "stage done",
  "commit",
  "halfway",
  "halfway",
  "commit done",
  "remove",
  "remove done",
  "rename",
  "rename done",
  "discard",
  "sweep",
  "save",
  "save done",
  "intend",
  "intend done",
  "settle",
  "record",
  "recorded",
  "record done",
  "unchanged",
  "clear",
  "abort",
];

/** Most listings are true. */
const TRUTHS = Array.from({ length: 6 }, () => "tells" as const);

export function historyOf(kinds: Kinds): fc.Arbitrary<History> {
  const path = fc.constantFrom(...PATHS);
  const edit: fc.Arbitrary<Edit> = fc.record({
    op: fc.constantFrom(...kinds.ops),
    place: fc.constantFrom(...kinds.places),
    path,
    to: path,
    n: fc.nat(9),
  });
  const at = fc.oneof(
    { weight: 1, arbitrary: fc.record({ at: fc.constant("any" as const), nth: fc.nat(40) }) },
    { weight: 2, arbitrary: fc.record({ at: fc.constantFrom(...POINTS), nth: fc.nat(2) }) },
  );
  const fault: fc.Arbitrary<Fault> = fc
    .record({ at, does: fc.constantFrom(...kinds.deeds), edit })
    .map(({ at: where, does, edit: done }): Fault =>
      does === "edit" ? { ...where, does, edit: done } : { ...where, does },
    );
  const run: fc.Arbitrary<Run> = fc.record({
    op: fc.constant("run" as const),
    machine: fc.constantFrom(...kinds.machines),
    faults: fc.array(fault, { maxLength: 3, size: "max" }),
    keepsTail: fc.boolean(),
    policy: fc.constantFrom("newer", "newer", ...CONFLICT_POLICIES),
    backup: fc.constantFrom("losers", ...BACKUP_POLICIES),
    lie: fc
      .record({ how: fc.constantFrom(...TRUTHS, ...kinds.lies), path })
      .map(({ how, path: name }) => (how === "tells" ? null : { how, path: name })),
  });
  return fc.record({
    inParts: fc.boolean(),
    tracked: fc.subarray(["a", "a-b", "d/x", "d/y", "é"]),
    steps: fc.array(fc.oneof({ weight: 3, arbitrary: edit }, { weight: 2, arbitrary: run }), {
      minLength: 1,
      maxLength: 14,
      size: "max",
    }),
  });
}
