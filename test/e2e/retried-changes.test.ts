/** Changes that a server makes us try again, while others write; on the strict server, which can be told to. */

import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { after, describe } from "node:test";
import { startServer } from "../support/s3-server.ts";
import { type Parts, scene, synced } from "../support/scene.ts";
import { strictClient } from "../support/strict-client.ts";

const server = await startServer("strict");
const strict = strictClient(server.endpoint);
after(() => server.stop());

const slowDown = (operation: "PutObject" | "DeleteObject", bucket: string) => ({
  operation,
  bucket,
  effect: { kind: "answer", status: 503, code: "SlowDown", headers: { "retry-after": "2" } } as const,
});

/** The server has said SlowDown: until the next try, others may write. */
async function refused(operation: string): Promise<void> {
  for (;;) {
    const log = await strict.log();
    if (log.some((entry) => entry.operation === operation && entry.status === 503)) return;
    await wait(20);
  }
}

type Modes = Parameters<typeof strict.modes>[0];

/** @param modes from the first run on: what an endpoint does is found out then */
function played(title: string, modes: Modes, play: (parts: Parts) => Promise<void>): void {
  scene(
    title,
    async (parts) => {
      await strict.clear();
      await strict.modes(modes);
      await synced(parts, ["a", "b", "c", "d"]);
      await play(parts);
    },
    () => server,
  );
}

describe("where conditions are ignored", () => {
  played(
    "a deletion that is tried again looks again: what came meanwhile stays (RM9, X5)",
    { deleteConditions: "ignored" },
    async ({ machine, L, R }) => {
      L.remove("b");
      await machine.sync(); // finds out that they are
      L.remove("a");
      await strict.faults([slowDown("DeleteObject", R.bucket)]);
      const run = machine.run();
      await refused("DeleteObject");
      await R.put("a", "new work of another machine");
      assert.equal((await run).code, 3);
      assert.equal(await R.read("a"), "new work of another machine");
    },
  );

  played(
    "an upload that is tried again looks again: what came meanwhile stays (RM9, X5)",
    { putConditions: "ignored" },
    async ({ machine, L, R }) => {
      L.write("a", "my edit");
      await strict.faults([slowDown("PutObject", R.bucket)]);
      const run = machine.run();
      await refused("PutObject");
      await R.put("a", "new work of another machine");
      assert.equal((await run).code, 3);
      assert.equal(await R.read("a"), "new work of another machine");
    },
  );
});

describe("where names are stored as others", () => {
  played(
    "a name with a backslash does not take the object of its twin with it (RM10, RM15)",
    { rewrite: { from: "\\", to: "/" } },
    async ({ machine, L, R }) => {
      L.write("x/y", "same", 1);
      L.write("x\\y", "same", 1);
      for (let run = 0; run < 3; run++) assert.equal((await machine.run()).code, 3);
      assert.deepEqual(Object.keys(L.files()).toSorted(), ["a", "b", "c", "d", "x/y", "x\\y"]);
      assert.equal(await R.read("x/y"), "same");
    },
  );
});

describe("large content", () => {
  played(
    "a look comes right before every completion, whatever is known of conditions (RM9)",
    {},
    async ({ machine, L }) => {
      L.write("big", Buffer.alloc(17 * 1024 * 1024, 1));
      await machine.sync();
      const log = (await strict.log()).map(({ operation }) => operation);
      const completed = log.indexOf("CompleteMultipartUpload");
      assert.ok(completed > 0);
      assert.equal(log[completed - 1], "HeadObject");
    },
  );
});
