/** What a run that has nothing to do, and a dry run, may not do: shown by the kernel's account of them. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe } from "node:test";
import { bytesOf } from "../support/content.ts";
import { type Parts, scene, synced } from "../support/scene.ts";
import { assertOnlyRead, idleIn, unchangedBy } from "../support/stand-still.ts";
import { canTrace, NO_STRACE, traced } from "../support/traced.ts";
import type { Machine, Ran } from "../support/world.ts";

const SILENT: Ran = { code: 0, stdout: "", stderr: "" };

/** Every kind of change waits, a conflict and content in parts too. */
async function withWork({ machine, L, R }: Parts): Promise<void> {
  await synced({ machine, L }, [
    "both",
    "edited here",
    "edited there",
    "gone here",
    "gone there",
    "old name",
    "k1",
    "k2",
  ]);
  L.write("both", "both, here");
  await R.put("both", "both, there", 9);
  L.write("edited here", "edited, here");
  await R.put("edited there", "edited, there");
  L.remove("gone here");
  await R.remove("gone there");
  L.remove("old name");
  L.write("new name", "old name", 1);
  L.write("large", bytesOf(17 * 1024 * 1024), 1);
}

function namesIn({ stateFile }: Machine): readonly string[] {
  return readdirSync(`${stateFile}.d`, { recursive: true, encoding: "utf8" }).toSorted();
}

describe("a run that has nothing to do", { concurrency: 2 }, () => {
  scene(
    "G10: only lists, changes nothing below the root, and of the state file the eight bytes of its time",
    async (parts, t) => {
      if (!canTrace()) return t.skip(NO_STRACE);
      const { machine, L } = parts;
      await synced(parts, ["a", "d/b", "d/e/c"]);
      await machine.sync();
      const ran = await idleIn(parts, async () => {
        const { ran: result, changes } = await traced(machine);
        assert.deepEqual(
          changes.filter((call) => call.includes(L.root)),
          [],
        );
        const state = changes.filter(
          (call) => call.includes(`${machine.stateFile}>`) && /^p?write/.test(call),
        );
        assert.equal(state.length, 1, changes.join("\n"));
        assert.match(state[0] ?? "", /, 8, 6\) += 8$/);
        return result;
      });
      assert.deepEqual(ran, SILENT);
      assert.deepEqual(
        [...new Set(machine.proxy.log.map(({ method, key }) => `${method} ${key}`))],
        ["GET "],
      );
    },
  );

  scene("G10: leaves no file in the companion folder that was not there", async (parts) => {
    const { machine } = parts;
    await synced(parts, ["a", "b"]);
    await machine.sync();
    const before = namesIn(machine);
    await machine.sync();
    assert.deepEqual(namesIn(machine), before);
  });
});

describe("a dry run", { concurrency: 2 }, () => {
  scene(
    "G23: makes, changes and removes no file anywhere, and sends nothing but LIST, HEAD and GET",
    async (parts, t) => {
      if (!canTrace()) return t.skip(NO_STRACE);
      const { machine } = parts;
      await withWork(parts);
      for (const words of [["--dryrun"], ["--dryrun", "--debug"], ["--dryrun", "--json"]]) {
        const ran = await unchangedBy(parts, async () => {
          const { ran: result, changes } = await traced(machine, ...words);
          assert.deepEqual(changes, []);
          return result;
        });
        assert.deepEqual([ran.code, ran.stderr], [0, ""]);
        assert.match(ran.stdout, /edited here/);
        assertOnlyRead(machine);
      }
    },
  );

  scene("G23: before the first run, too", async (parts, t) => {
    if (!canTrace()) return t.skip(NO_STRACE);
    const { machine, L } = parts;
    L.write("a", "a", 1);
    const state = readFileSync(machine.stateFile);
    const { ran, changes } = await traced(machine, "--dryrun");
    assert.deepEqual([ran.code, changes], [0, []]);
    assert.deepEqual(readFileSync(machine.stateFile), state);
  });
});
