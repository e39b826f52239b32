/** Bugs that histories alone must notice, without a test that was written for them. */

import type { Mutant } from "./mutants.ts";

const ANY = ["test/property/histories.test.ts"];
const SINGLE = ["test/property/single-writer.test.ts"];
/** What drawing finds too seldom to wait for. */
const KEPT = ["test/property/regressions.test.ts"];

export const HISTORY_MUTANTS: readonly Mutant[] = [
  {
    bug: "what a run has left is thrown away",
    file: "src/sync/recover.ts",
    find: `  if (leftover === undefined) return undefined;`,
    replace: `  leftover?.remove();
  if (leftover === undefined || map !== undefined) return undefined;`,
    noticedBy: SINGLE,
  },
  {
    bug: "the journal tells of a deletion when it is done",
    file: "src/sync/actions/delete-remote.ts",
    find: `  await ports.journal.intend({ does: "delete-object", key, object: versionOf(remote) });
  if (ports.files.observe(key) !== undefined) throw new Stale("the file is there again");
  await ports.objects.remove(remote);
`,
    replace: `  if (ports.files.observe(key) !== undefined) throw new Stale("the file is there again");
  await ports.objects.remove(remote);
  await ports.journal.intend({ does: "delete-object", key, object: versionOf(remote) });
`,
    noticedBy: SINGLE,
  },
  {
    bug: "a download writes no intent for its place",
    file: "src/sync/actions/download.ts",
    find: `    await ports.journal.intend({ does: "place-file", key, file: staged.file, etag, replaces });`,
    replace: ``,
    noticedBy: SINGLE,
  },
  {
    bug: "a deletion on the disk writes no intent",
    file: "src/sync/actions/delete-local.ts",
    find: `  await ports.journal.intend({ does: "delete-file", key, file: local });`,
    replace: ``,
    noticedBy: SINGLE,
  },
  {
    bug: "a deletion that was cut off counts as done, whatever is there",
    file: "src/core/resolve-intent.ts",
    find: `  return isSameVersion(object, there) ? "never landed" : "unknown";`,
    replace: `  return { key, record: undefined };`,
    noticedBy: SINGLE,
  },
  {
    bug: "whatever lies in the place of an upload is taken for it",
    file: "src/core/resolve-intent.ts",
    find: `  if (sent || sealed) return`,
    replace: `  return`,
    noticedBy: ANY,
  },
  {
    bug: "what was set aside stays where it lies",
    file: "src/sync/recover.ts",
    find: `files.sweep(intent.key, intent.name);`,
    replace: `void files;`,
    noticedBy: ANY,
  },
  {
    bug: "an upload in parts that was cut off stays open",
    file: "src/sync/recover.ts",
    find: `await objects.abort(intent.key, intent.uploadId);`,
    replace: `void objects;`,
    noticedBy: ANY,
  },
  {
    bug: "a reply that was lost is a failure like any other",
    file: "src/core/next-base.ts",
    find: `  if (fate === "never landed")`,
    replace: `  if (fate !== undefined)`,
    noticedBy: KEPT,
  },
  {
    bug: "a deletion here that the disk has failed after is done again",
    file: "src/core/next-base.ts",
    find: `  if (fate === "never landed")`,
    replace: `  if (fate === "never landed" || (verb === "delete-local" && fate !== "unknown"))`,
    noticedBy: KEPT,
  },
  {
    bug: "what nobody could look at counts as not done",
    file: "src/sync/execute.ts",
    find: `      fatal ??= { error };
      return undefined;`,
    replace: `      fatal ??= { error };
      ports.journal.settle(action.key, undefined);
      return undefined;`,
    noticedBy: SINGLE,
  },
  {
    bug: "a file that was renamed here was deleted by the user",
    file: "src/sync/execute.ts",
    find: `      return isRenamed ? { ...ended, left: action.from.key } : ended;`,
    replace: `      return isRenamed ? ended : ended;`,
    noticedBy: KEPT,
  },
  {
    bug: "a file that was renamed by a run that was cut off was deleted by the user",
    file: "src/sync/recover.ts",
    find: `  if (intent?.does !== "rename-file") return;`,
    replace: `  if (intent !== undefined || files !== undefined) return;
  if (intent?.does !== "rename-file") return;`,
    noticedBy: KEPT,
  },
  {
    bug: "records say what is about to be done",
    file: "src/sync/sync-map.ts",
    find: `    for (const walk of walksFor(planned.actions))`,
    replace: `    const going = [...planned.actions].filter(({ verb }) => verb.startsWith("delete"));
    const gone = going.map(({ key }) => ({ key, record: undefined }));
    if (gone.length > 0) state.record(map, gone, state.memory(map));
    for (const walk of walksFor(planned.actions))`,
    noticedBy: SINGLE,
  },
  {
    bug: "a store overwrites whatever is there",
    file: "test/support/memory-object-store.ts",
    find: `        if (replaces !== undefined) this.#same(replaces);
        else this.#checkFree(key);
`,
    replace: ``,
    noticedBy: ANY,
  },
  {
    bug: "a store deletes whatever is there",
    file: "test/support/memory-object-store.ts",
    find: `    this.#same(object);
    this.#objects.delete(object.key);`,
    replace: `    this.#objects.delete(object.key);`,
    noticedBy: ANY,
  },
  {
    bug: "a listing that lacks an object lets its file go",
    file: "src/sync/actions/delete-local.ts",
    find: `  if ((await ports.objects.head(key)) !== undefined)`,
    replace: `  if (key === "")`,
    noticedBy: ANY,
  },
  {
    bug: "a tree replaces whatever is in the place",
    file: "test/support/memory-file-tree.ts",
    find: `          this.before("commit", key);
          this.#expected(key, replaces);`,
    replace: `          this.before("commit", key);`,
    noticedBy: ANY,
  },
  {
    bug: "a tree removes whatever is in the place",
    file: "test/support/memory-file-tree.ts",
    find: `    this.before("remove", file.key);
    this.#same(file);`,
    replace: `    this.before("remove", file.key);`,
    noticedBy: ANY,
  },
  {
    bug: "the scan's word is taken for the content of what goes",
    file: "src/core/to-action.ts",
    find: `    (touched || verdict === "download" || verdict === "delete-local")`,
    replace: `    touched`,
    noticedBy: ANY,
  },
  {
    bug: "a deletion here beats an edit in the bucket",
    file: "src/core/decide.ts",
    find: `rule: "R8", verdict: "download"`,
    replace: `rule: "R8", verdict: "delete-remote"`,
    noticedBy: ANY,
  },
  {
    bug: "the newer side wins, and the other is gone",
    file: "src/core/answer.ts",
    find: `replaces: remote, saves: "conflict", note`,
    replace: `replaces: remote, note`,
    noticedBy: ANY,
  },
  {
    bug: "a listing that fails is an empty one",
    file: "src/sync/join.ts",
    find: `      if (!(error instanceof UnorderedListing)) throw error;`,
    replace: `      if (!(error instanceof UnorderedListing))
        return joinOnce({ ...ports, objects: { ...ports.objects, list: () => [] } }, order, overrides);`,
    noticedBy: ANY,
  },
  {
    bug: "files of one size are one file",
    file: "src/core/pair-moves.ts",
    find: "const content = `${size} ${digest}`;",
    replace: "const content = `${size}`;",
    noticedBy: ["test/property/three-paths.test.ts"],
  },
  {
    bug: "a tree that went back in time overwrites without a backup",
    file: "src/core/to-action.ts",
    find: `recordedTime(local.mtimeMs) < base.mtimeMs`,
    replace: `recordedTime(local.mtimeMs) < 0`,
    noticedBy: ["test/property/three-paths.test.ts"],
  },
  {
    bug: "a guard counts, and holds nothing",
    file: "src/sync/guards.ts",
    find: `  return held.some(`,
    replace: `  return held.length > 1_000 && held.some(`,
    noticedBy: ["test/property/three-paths.test.ts"],
  },
  {
    bug: "a side that is empty is a deletion of everything",
    file: "src/core/guard.ts",
    find: `return seen.base < 2 ? undefined`,
    replace: `return seen.base > 0 ? undefined`,
    noticedBy: ["test/property/three-paths.test.ts"],
  },
];
