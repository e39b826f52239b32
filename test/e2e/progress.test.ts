/** How far a run is, at a real terminal and without one. */

import assert from "node:assert/strict";
import { describe } from "node:test";
import { atTerminal, WITHOUT_TERMINAL } from "../support/pseudo-terminal.ts";
import { scene } from "../support/scene.ts";
import { assertSettled } from "../support/world.ts";

describe("progress of a run", () => {
  scene("SE4: at a terminal it is drawn on stderr, and the cursor comes back", async (parts, t) => {
    if (WITHOUT_TERMINAL !== false) return t.skip(WITHOUT_TERMINAL);
    const { machine, L } = parts;
    for (const name of ["a", "b", "c"]) L.write(name, name, 1);
    const ran = await atTerminal(machine, [], "--progress");
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(ran.stdout, "");
    assert.match(ran.stderr, /comparing both sides/);
    assert.match(ran.stderr, /0 of 3 files, 0 B of 3 B/);
    assert.ok(
      ran.stderr.lastIndexOf("\x1b[?25h") > ran.stderr.lastIndexOf("\x1b[?25l"),
      "the cursor is back",
    );
    await assertSettled(parts);
  });

  scene(
    "SE4: at a terminal --debug brings it along, and a plain run shows nothing",
    async ({ machine, L }, t) => {
      if (WITHOUT_TERMINAL !== false) return t.skip(WITHOUT_TERMINAL);
      L.write("a", "a", 1);
      const ran = await atTerminal(machine, [], "--debug");
      assert.match(ran.stderr, /0 of 1 file, 0 B of 1 B/);
      assert.match(ran.stdout, /^ {2}uploaded {2}a {2}1 B/m);
      assert.deepEqual(await atTerminal(machine, []), { code: 0, stdout: "", stderr: "" });
    },
  );

  scene("SE5: without a terminal it is plain lines on stderr", async ({ machine, L, R }) => {
    L.write("up", "1234567", 1);
    await R.put("down", new Uint8Array(20 * 1024 * 1024), 1);
    const ran = await machine.run("--progress");
    assert.equal(ran.stdout, "");
    const last = ran.stderr.trimEnd().split("\n").at(-1) ?? "";
    assert.match(last, /^progress: \S+\/tree: 2 of 2 files, 20\.0 MiB of 20\.0 MiB(?:, \S+ \S+\/s)?$/);
    assert.deepEqual(await machine.run("--progress"), { code: 0, stdout: "", stderr: "" });
  });
});
