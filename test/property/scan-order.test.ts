/** O3: a walk that sorts files as `name` and directories as `name/` gives the keys in the order in which S3 lists. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, asyncProperty, constantFrom } from "fast-check";
import { keyOfText } from "../../src/model/object-key.ts";
import { realTree } from "../support/real-tree.ts";

const name = array(constantFrom("a", "b", "-", ".x", "0", "é", "\u{ff5e}", "\u{1f600}", "\u0001", " "), {
  minLength: 1,
  maxLength: 2,
}).map((letters) => letters.join(""));
const path = array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));

test("O3: a scan gives every file of a random tree, once, ascending by bytes", async () => {
  await check(
    asyncProperty(array(path, { maxLength: 30 }), async (paths) => {
      using world = realTree();
      const files: string[] = [];
      for (const each of paths) {
        if (
          files.some(
            (other) => other === each || other.startsWith(`${each}/`) || each.startsWith(`${other}/`),
          )
        )
          continue;
        world.put(each);
        files.push(each);
      }
      const keys = (await world.scan()).map((seen) => seen.key);
      assert.deepEqual(keys, files.map(keyOfText).toSorted());
    }),
    { numRuns: 100 },
  );
});
