/** The README's first sync is what the command really prints, and links between pages lead somewhere. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
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

test("every link from one page to another leads to a page and a heading that are there", () => {
  const broken = pages().flatMap((page) =>
    linksOf(readFileSync(page, "utf8"))
      .filter(([path, heading]) => {
        const target = path === "" ? page : resolve(dirname(page), path);
        if (!existsSync(target)) return true;
        return heading !== "" && !headingsOf(readFileSync(target, "utf8")).includes(heading);
      })
      .map(([path, heading]) => `${basename(page)}: ${path}#${heading}`),
  );
  assert.deepEqual(broken, []);
});

function pages(): readonly string[] {
  const root = resolve(import.meta.dirname, "../..");
  return ["", "spec"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(root, folder, name)),
  );
}

/** Those within the project. */
function linksOf(markdown: string): readonly (readonly [path: string, heading: string])[] {
  const links = [...markdown.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
  return links.map(([, path = "", heading = ""]) => [path, heading]);
}

/** As they are written in links. */
function headingsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
