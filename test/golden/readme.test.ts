/** The README's first sync is what the command really prints. */

import assert from "node:assert/strict";
import { readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { stepsOf } from "../support/console-blocks.ts";
import { Local, newWorld } from "../support/world.ts";

const README = readFileSync(resolve(import.meta.dirname, "../../README.md"), "utf8");

test("each command of the first sync prints what the README shows", async () => {
  const world = await newWorld();
  try {
    const machine = await world.machine();
    const notes = join(machine.home, "notes");
    renameSync(machine.local.root, notes);
    const L = new Local(notes);
    L.write("todo.txt", "water the plants\n", 1);
    L.write("recipes/bread.md", "flour, water, salt, time\n", 1);
    L.write("recipes/soup.md", "whatever is there\n", 1);
    for (const { command, output } of stepsOf(README)) {
      const words = command
        .replaceAll("/home/you", machine.home)
        .replaceAll("s3://my-bucket/notes", machine.destination);
      const ran = await machine.run(...words.split(" ").slice(1));
      assert.equal(ran.code, 0, ran.stderr);
      const shown = ran.stdout
        .replaceAll(machine.home, "/home/you")
        .replaceAll(machine.destination, "s3://my-bucket/notes")
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "2026-11-22T20:17:01.000Z");
      assert.equal(shown.trimEnd(), output, command);
    }
  } finally {
    await world[Symbol.asyncDispose]();
  }
});
