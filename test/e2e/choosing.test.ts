/** Runs about a part of a map, on a real server: by names, by direction, by amount. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe } from "node:test";
import { assertRefused, scene, startingFrom } from "../support/scene.ts";
import { assertSettled } from "../support/world.ts";

const start = startingFrom({
  "docs/a.txt": "A",
  "docs/b.txt": "BB",
  "docs/.hidden": "h",
  "img/c.jpg": "CCC",
  "img/d.jpg": "DDDD",
  e: "EEEEE",
});

describe("choosing", { concurrency: 3 }, () => {
  start(
    "--only carries what it names, a deletion too, and leaves the rest with its records (CH1, CH2, CH4)",
    async ({ machine, L, R }) => {
      L.write("docs/a.txt", "A again");
      L.remove("docs/b.txt");
      L.remove("img/c.jpg");
      L.write("e", "E again");
      await R.put("img/d.jpg", "D again");
      const before = machine.records();

      const dry = await machine.run("--dryrun", "--only", "docs/", "*.png");
      assert.match(
        dry.stdout,
        /^ {2}upload {9}docs\/a\.txt .*\n {2}delete-remote {2}docs\/b\.txt .*\n {2}plan: .* 3 not chosen/m,
      );
      await machine.sync("--only", "docs/", "*.png");
      assert.deepEqual(await R.files(), {
        "docs/.hidden": "h",
        "docs/a.txt": "A again",
        e: "EEEEE",
        "img/c.jpg": "CCC",
        "img/d.jpg": "D again",
      });
      const after = machine.records();
      for (const name of ["img/c.jpg", "img/d.jpg", "e"]) assert.deepEqual(after[name], before[name], name);

      const status = await machine.run("--status", "--exclude", "*.jpg");
      assert.equal(status.code, 3, status.stderr);
      assert.match(status.stdout, /^ {2}1 to upload \(7 B\), 2 not chosen$/m);
      assert.deepEqual(await machine.counting(() => machine.sync("--only=docs", "--exclude=*.jpg")), {
        ListObjectsV2: 1,
      });
      await machine.sync("--exclude", "img/d.jpg", "--exclude", "e");
      assert.deepEqual(Object.keys(machine.records()).toSorted(), [
        "docs/.hidden",
        "docs/a.txt",
        "e",
        "img/d.jpg",
      ]);
      await machine.sync();
      await assertSettled({ machine, L, R });
    },
  );

  start("--only is stopped by a directory that is empty as a whole (CH7)", async ({ machine, L, R }) => {
    for (const name of Object.keys(L.files())) L.remove(name);
    const state = readFileSync(machine.stateFile);
    assertRefused(
      await machine.run("--only", "docs/"),
      4,
      /is empty, while 6 paths are tracked/,
      /--allow-empty/,
    );
    assert.deepEqual(readFileSync(machine.stateFile), state);
    assert.equal((await R.names()).length, 6);
  });

  scene(
    "a website's map goes up only, until a run is told otherwise (CH8, CH9, CH13)",
    async ({ machine, L, R }) => {
      await machine.init("--direction", "up");
      L.write("index.html", "one", 1);
      L.write("style.css", "css", 1);
      await R.put("theirs.html", "made there");
      await machine.sync();
      assert.deepEqual(L.files(), { "index.html": "one", "style.css": "css" });

      await R.put("style.css", "changed there", 9);
      L.write("index.html", "one and two");
      const dry = await machine.run("--dryrun");
      assert.deepEqual([dry.code, dry.stderr], [0, ""]);
      assert.match(
        dry.stdout,
        /^ {2}leave {10}style\.css {2}\(R2: changed in the bucket; the run goes up only \(--direction up\)\)$/m,
      );
      assert.match(dry.stdout, /1 up \(11 B\), 0 down .* 2 left by choice/);
      await machine.sync();
      assert.equal(L.read("style.css"), "css");
      assert.deepEqual(await machine.counting(() => machine.sync()), { ListObjectsV2: 1 });
      assert.equal(await R.read("index.html"), "one and two");
      const status = await machine.run("--status");
      assert.deepEqual(
        [status.code, /^ {2}in sync, 2 left by choice$/m.test(status.stdout)],
        [0, true],
        status.stdout,
      );

      L.write("style.css", "changed here too", 5);
      const conflict = await machine.run();
      assert.equal(conflict.code, 3);
      assert.match(
        conflict.stderr,
        /style\.css: both sides changed, and --direction up cannot carry what wins, which is the bucket: --on-conflict local/,
      );
      assert.equal(await R.read("style.css"), "changed there");
      await machine.sync("--on-conflict", "local");
      assert.equal(await R.read("style.css"), "changed here too");
      assert.equal(machine.backups().length, 1, "what was there is in the backup");

      await machine.sync("--direction", "both");
      assert.equal(L.read("theirs.html"), "made there");
      await assertSettled({ machine, L, R });
    },
  );

  start(
    "--max-transfer takes what fits, in the order of the plan; the next run goes on (CH11, CH12)",
    async ({ machine, L, R }) => {
      L.write("f1", "x".repeat(700));
      L.write("f2", "y".repeat(700));
      await R.put("f3", "z".repeat(300));
      L.remove("e");
      const dry = await machine.run("--dryrun", "--max-transfer", "1K");
      const ran = await machine.run("--max-transfer", "1K");
      assert.equal(dry.code, 4);
      assert.match(
        dry.stdout,
        /^ {2}leave {10}f2 {2}\(R11: new here; it does not fit into --max-transfer any more\)$/m,
      );
      assert.equal(dry.stderr, ran.stderr);
      assertRefused(
        ran,
        4,
        /1 transfer \(700 B\) not within --max-transfer, 1\.0 KiB a run: left/,
        /the next run takes up what is left/,
      );
      const there = await R.names();
      assert.deepEqual(
        ["e", "f1", "f2"].map((name) => there.includes(name)),
        [false, true, false],
      );
      assert.equal(L.read("f3").length, 300);
      await machine.sync("--max-transfer", "1K");
      await assertSettled({ machine, L, R });
    },
  );
});
