/** Bugs that must not go unnoticed: each is put into a copy of the source, and the tests named must fail on it. */

export interface Mutant {
  /** What the program then does wrong. */
  readonly bug: string;
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly replace: string;
  /** One of these notices it. */
  readonly noticedBy: readonly string[];
}

const SYNC = ["test/unit/sync/sync-map.test.ts", "test/unit/sync/cut-short.test.ts"];
const MOVES = ["test/unit/sync/moves.test.ts"];
const RECOVERY = ["test/unit/sync/recover.test.ts"];
const POLICIES = ["test/unit/sync/conflict-policies.test.ts"];
const RULES = ["test/unit/core/decide.test.ts", "test/unit/core/answer.test.ts"];
const STORE = ["test/contract/object-store.test.ts"];
const STATE = ["test/unit/state/state-journals.test.ts", "test/unit/state/journal-file.test.ts"];
const TREE = ["test/unit/local/edits-under-way.test.ts"];
const HISTORIES = ["test/property/histories.test.ts"];

export const MUTANTS: readonly Mutant[] = [
  {
    bug: "an upload writes no intent",
    file: "src/sync/actions/upload.ts",
    find: `ports.journal.intend({ does: "put-object"`,
    replace: `Promise.resolve({ does: "put-object"`,
    noticedBy: [...RECOVERY, ...HISTORIES],
  },
  {
    bug: "a deletion in the bucket does not wait for its intent",
    file: "src/sync/actions/delete-remote.ts",
    find: `  await ports.journal.intend(`,
    replace: `  void ports.journal.intend(`,
    noticedBy: RECOVERY,
  },
  {
    bug: "what nobody can tell keeps its record",
    file: "src/sync/recover.ts",
    find: `if (fate === "unknown") forgetNames(key, intent, sorter);`,
    replace: `if (fate === "unknown") continue;`,
    noticedBy: RECOVERY,
  },
  {
    bug: "a name without a record becomes tracked when it is forgotten",
    file: "src/core/edit-records.ts",
    find: `if (tracked || edit.record?.etag !== "") yield edit;`,
    replace: `yield edit;`,
    noticedBy: RECOVERY,
  },
  {
    bug: "what is left is cleared away before it is recorded",
    file: "src/sync/recover.ts",
    find: `  if (leftover.state !== "recorded") ports.state.record(ports.map, edits, memory);
  await clearAway(ports, open);
  leftover.remove();`,
    replace: `  await clearAway(ports, open);
  leftover.remove();
  if (leftover.state !== "recorded") ports.state.record(ports.map, edits, memory);`,
    noticedBy: RECOVERY,
  },
  {
    bug: "a forgotten base is one that matches",
    file: "src/core/classify.ts",
    find: `remote.etag === base.etag && base.etag !== ""`,
    replace: `(remote.etag === base.etag || base.etag === "")`,
    noticedBy: [...RECOVERY, ...RULES],
  },
  {
    bug: "a journal says nothing of the state file that will take the place",
    file: "src/state/state-file.ts",
    find: `      this.#journals.announce({ state: fingerprint, keeps, recorded: edited?.map });`,
    replace: `      void keeps;`,
    noticedBy: STATE,
  },
  {
    bug: "intents are acknowledged before they are durable",
    file: "src/state/journal-file.ts",
    find: `    await this.#sync(fd);`,
    replace: `    void this.#sync(fd);`,
    noticedBy: STATE,
  },
  {
    bug: "an object is overwritten whatever is there",
    file: "src/remote/writing/conditions.ts",
    find: `  return seen === undefined ? NOTHING_THERE : { IfMatch: quoted(seen.etag) };`,
    replace: `  return {};`,
    noticedBy: STORE,
  },
  {
    bug: "a file is deleted without asking the server whether its object is gone",
    file: "src/sync/actions/delete-local.ts",
    find: `  if ((await ports.objects.head(key)) !== undefined)`,
    replace: `  if (key === "")`,
    noticedBy: SYNC,
  },
  {
    bug: "an object is deleted without a look whether its file is there again",
    file: "src/sync/actions/delete-remote.ts",
    find: `  if (ports.files.observe(key) !== undefined)`,
    replace: `  if (key === "")`,
    noticedBy: RECOVERY,
  },
  {
    bug: "a download replaces whatever is in its place",
    file: "src/local/replace-file.ts",
    find: `    if (isSame(expected, now)) return now;`,
    replace: `    return now;`,
    noticedBy: TREE,
  },
  {
    bug: "a deletion beats an edit",
    file: "src/core/decide.ts",
    find: `rule: "R6", verdict: "upload"`,
    replace: `rule: "R6", verdict: "delete-local"`,
    noticedBy: RULES,
  },
  {
    bug: "the loser of a conflict is not kept",
    file: "src/core/answer.ts",
    find: `verb: "download", key, rule, remote, replaces: local, saves: "conflict"`,
    replace: `verb: "download", key, rule, remote, replaces: local`,
    noticedBy: SYNC,
  },
  {
    bug: "equal content is a conflict",
    file: "src/core/answer.ts",
    find: `  if (answer.equal) return`,
    replace: `  if (answer.equal && key === "") return`,
    noticedBy: RULES,
  },
  {
    bug: "a touch is an edit",
    file: "src/core/answer.ts",
    find: `const known = answer === "yes"`,
    replace: `const known = (answer === "yes" && !touched)`,
    noticedBy: RULES,
  },
  {
    bug: "times that may be racy are believed",
    file: "src/core/classify.ts",
    find: `looksRecorded(file, base) && !isRacy(file, times)`,
    replace: `looksRecorded(file, base) && times !== undefined`,
    noticedBy: ["test/unit/core/decide.test.ts", ...SYNC],
  },
  {
    bug: "a file is destroyed that looks unchanged, without a proof",
    file: "src/core/to-action.ts",
    find: `    (touched || verdict === "download" || verdict === "delete-local")`,
    replace: `    touched`,
    noticedBy: SYNC,
  },
  {
    bug: "an unknown side is an absent one",
    file: "src/core/classify.ts",
    find: `      local: unknownLocal ? "unknown" : local === undefined ? "absent" : "created",`,
    replace: `      local: unknownLocal || local === undefined ? "absent" : "created",`,
    noticedBy: ["test/unit/core/decide.test.ts", ...SYNC],
  },
  {
    bug: "an old name goes although its copy was not made",
    file: "src/sync/execute.ts",
    find: `!moved.has(first)`,
    replace: `moved.has(first) && key === ""`,
    noticedBy: MOVES,
  },
  {
    bug: "a guard counts moves as deletions",
    file: "src/core/totals.ts",
    find: `  if (isMoved(action)) return undefined;`,
    replace: ``,
    noticedBy: MOVES,
  },
  {
    bug: "empty files pair as moves",
    file: "src/core/pair-moves.ts",
    find: `    if (size === 0) return; // nothing tells one empty file from another`,
    replace: ``,
    noticedBy: ["test/unit/core/pair-moves.test.ts", ...MOVES],
  },
  {
    bug: "a loser that is kept beside takes a name that is in use",
    file: "src/sync/settle-conflicts.ts",
    find: `(await objects.head(name)) !== undefined`,
    replace: `name === key`,
    noticedBy: POLICIES,
  },
  {
    bug: "the winner is written although the loser could not be kept",
    file: "src/model/action.ts",
    find: `return "keptAs" in action ? action.keptAs : undefined;`,
    replace: `return undefined;`,
    noticedBy: POLICIES,
  },
  {
    bug: "a listing that lacks an object lets its file be renamed",
    file: "src/sync/actions/rename-local.ts",
    find: `  if ((await objects.head(from.key)) !== undefined)`,
    replace: `  if (from.key === "")`,
    noticedBy: MOVES,
  },
  {
    bug: "the record says what was scanned, and not what was sent",
    file: "test/support/memory-open-file.ts",
    find: `    this.unchanged = unchanged;`,
    replace: `    this.unchanged = () => void unchanged;`,
    noticedBy: ["test/contract/file-tree.test.ts"],
  },
  {
    bug: "an edit that could not be carried out is forgotten",
    file: "src/core/next-base.ts",
    find: `  return belied === undefined ? undefined : { key, record: { ...belied, mtimeMs: 0 } };`,
    replace: `  return belied === undefined ? undefined : undefined;`,
    noticedBy: RULES,
  },
  {
    bug: "a move deletes before it copies",
    file: "src/sync/execute.ts",
    find: `const WALKS: readonly Walk[] = [`,
    replace: `const WALKS: readonly Walk[] = [
  (action) => action.verb.startsWith("delete"),`,
    noticedBy: MOVES,
  },
];
