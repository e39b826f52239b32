/** Histories in which something once broke, as the search has found and shortened them. Each file is named after it. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { MachineName, Place } from "./world/edit.ts";
import type { History } from "./world/history.ts";
import { play } from "./world/play.ts";
import { Reached } from "./world/reached.ts";

interface Kept {
  readonly places: readonly Place[];
  readonly machines: readonly MachineName[];
  readonly history: History;
}

const FOLDER = join(import.meta.dirname, "regressions");

for (const name of readdirSync(FOLDER)) {
  test(`no longer: ${name.replace(".json", "").replaceAll("-", " ")}`, async () => {
    const { history, ...kinds } = JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Kept;
    await play(history, kinds, new Reached());
  });
}
