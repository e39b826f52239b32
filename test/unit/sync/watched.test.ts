/** What a run tells of itself while it goes, and what it counts. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { PathError } from "../../../src/model/errors.ts";
import { MemorySync } from "../../support/memory-sync.ts";

test("SE2, SE4: each action is told as it begins and ends; a rename and what failed are counted as such", async () => {
  const sync = new MemorySync();
  for (const name of ["old", "k1", "k2"]) sync.files.put(name, `content of ${name}`);
  await sync.run();
  sync.files.erase("old");
  sync.files.put("renamed", "content of old");
  sync.files.put("created", "new");
  sync.objects.put("broken", "cannot be read");
  sync.objects.before = (kind, key) => {
    if (kind === "get" && key === "broken") throw new PathError("it is broken");
  };

  const told: string[] = [];
  sync.watcher = {
    planned: (_, { actions }) => told.push(`${actions.upload} ${actions["copy-remote"]} ${actions.download}`),
    began: ({ key }) => told.push(`began ${key}`),
    ended: ({ key }) => told.push(`ended ${key}`),
    moved: () => assert.fail("bytes are told by the store"),
  };
  const { result } = await sync.run();
  assert.equal(told[0], "1 1 1");
  const keys = ["broken", "created", "old", "renamed"];
  assert.deepEqual(
    told.slice(1).toSorted(),
    keys.flatMap((key) => [`began ${key}`, `ended ${key}`]).toSorted(),
  );
  for (const key of keys) assert.ok(told.indexOf(`began ${key}`) < told.indexOf(`ended ${key}`), key);

  const { actions, failed } = result?.done ?? assert.fail("no result");
  assert.deepEqual(
    Object.entries(actions).filter(([, count]) => count > 0),
    [
      ["upload", 1],
      ["copy-remote", 1],
    ],
  );
  assert.equal(failed, 1);
  assert.deepEqual(result?.traffic, { up: "content of oldcontent of k1content of k2new".length, down: 0 });
});
