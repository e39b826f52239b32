/** Scenarios D: moves that fail or are cut off in the middle leave the content under one name at least, and the next run ends them. */

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, describe } from "node:test";
import { answerError } from "../support/listing-page.ts";
import { operationOf, type Recorded } from "../support/recording-proxy.ts";
import { renameHere, renameThere, type Traffic, traffic } from "../support/renaming.ts";
import { startServer } from "../support/s3-server.ts";
import { type Parts, startingFrom } from "../support/scene.ts";
import { assertSettled } from "../support/world.ts";

/** Honours every condition, as not every real server does. */
const strict = await startServer("strict");
after(() => strict.stop());

const NOTHING: Traffic = { put: [], got: [], copied: [], deleted: [] };
const start = startingFrom({ "d/x": "X", "d/y": "YY", "d/z": "ZZZ", "k/1": "one", "k/2": "two" });

/** Answers one kind of request about one name in the place of the server. */
function instead(
  { machine, R }: Parts,
  [operation, name]: readonly [string, string],
  answer: (response: ServerResponse) => void,
): void {
  machine.proxy.instead = (request: Recorded, response) => {
    if (operationOf(request) !== operation || request.key !== R.at(name).Key) return false;
    answer(response);
    return true;
  };
}

/** The run dies as it asks for this, which never reaches the server. */
async function killedAt(parts: Parts, operation: string, name: string): Promise<void> {
  const { machine } = parts;
  const running = machine.start({});
  instead(parts, [operation, name], (response) => {
    running.signal("SIGKILL");
    response.destroy();
  });
  assert.deepEqual(await running.ended, { code: null, stdout: "", stderr: "" });
  machine.proxy.instead = () => false;
}

describe("scenarios D: moves that end in the middle", { concurrency: 3 }, () => {
  for (const [status, code] of [
    [403, "AccessDenied"],
    [501, "NotImplemented"],
  ] as const) {
    start(`88 where a copy is answered with ${status}, the content is sent instead (MV5)`, async (parts) => {
      const { machine, L } = parts;
      renameHere(L, "d", "e");
      instead(parts, ["CopyObject", "e/y"], (response) => answerError(response, status, code));
      const { put, deleted } = await traffic(machine);
      assert.deepEqual([put, deleted.toSorted()], [["e/y"], ["d/x", "d/y", "d/z"]]);
      await assertSettled(parts);
    });
  }

  start("88 a copy that fails once is tried again in the same run (RM9)", async (parts) => {
    const { machine, L } = parts;
    renameHere(L, "d", "e");
    instead(parts, ["CopyObject", "e/y"], (response) => {
      machine.proxy.instead = () => false;
      answerError(response, 500, "InternalError");
    });
    await machine.sync();
    await assertSettled(parts);
  });

  start(
    "a run that dies between copy and deletion leaves both; the next one deletes the old (MV7)",
    async (parts) => {
      const { machine, L, R } = parts;
      renameHere(L, "d/x", "e/x");
      await killedAt(parts, "DeleteObject", "d/x");
      assert.deepEqual((await R.names()).toSorted(), ["d/x", "d/y", "d/z", "e/x", "k/1", "k/2"]);
      assert.deepEqual(await traffic(machine), { ...NOTHING, deleted: ["d/x"] });
      assert.equal(machine.backups().length, 0);
      await assertSettled(parts);
    },
  );

  start(
    "a run that dies before a copy is made leaves the old name; the next one makes it (MV7)",
    async (parts) => {
      const { machine, L, R } = parts;
      renameHere(L, "d/x", "e/x");
      await killedAt(parts, "CopyObject", "e/x");
      assert.deepEqual((await R.names()).toSorted(), ["d/x", "d/y", "d/z", "k/1", "k/2"]);
      assert.deepEqual(await traffic(machine), { ...NOTHING, copied: ["e/x"], deleted: ["d/x"] });
      await assertSettled(parts);
    },
  );

  start(
    "a run that dies while files are renamed here has each under one name; the next one goes on (MV6, MV7)",
    async (parts) => {
      const { machine, L, R } = parts;
      for (const name of ["x", "y", "z"]) await renameThere(R, `d/${name}`, `e/${name}`);
      await killedAt(parts, "HeadObject", "d/z");
      const here = Object.values(L.files()).toSorted();
      assert.deepEqual(here, ["X", "YY", "ZZZ", "one", "two"]);
      assert.ok(Object.keys(L.files()).includes("d/z"));
      assert.deepEqual(await traffic(machine), NOTHING);
      assert.equal(machine.backups().length, 0);
      await assertSettled(parts);
    },
  );

  start("an object that comes back to its old name before its file is renamed stays (MV6)", async (parts) => {
    const { machine, L, R } = parts;
    await renameThere(R, "d/x", "e/x");
    machine.proxy.before = async (request) => {
      if (operationOf(request) !== "HeadObject" || request.key !== R.at("d/x").Key) return;
      machine.proxy.before = () => {};
      await R.put("d/x", "back again", 9);
    };
    const ran = await machine.run();
    assert.equal(ran.code, 3);
    assert.equal(L.read("d/x"), "X");
    await machine.sync();
    assert.deepEqual([L.read("d/x"), L.read("e/x")], ["back again", "X"]);
    await assertSettled(parts);
  });
});

describe("scenarios D: moves that meet another machine, where conditions are honoured", () => {
  start(
    "what is put at the new name meanwhile stays, and so does the old name (MV5, X5)",
    async (parts) => {
      const { machine, L, R } = parts;
      renameHere(L, "d/x", "e/x");
      machine.proxy.before = async (request) => {
        if (operationOf(request) !== "CopyObject") return;
        machine.proxy.before = () => {};
        await R.put("e/x", "new work of another machine", 9);
      };
      const ran = await machine.run();
      assert.equal(ran.code, 3);
      assert.equal(await R.read("e/x"), "new work of another machine");
      assert.equal(await R.read("d/x"), "X");
      await machine.sync();
      assert.equal(L.read("e/x"), "new work of another machine");
      assert.equal(machine.backups().length, 1);
      await assertSettled(parts);
    },
    () => strict,
  );

  start(
    "what is put at the old name after the copy stays (MV5, X5)",
    async (parts) => {
      const { machine, L, R } = parts;
      renameHere(L, "d/x", "e/x");
      machine.proxy.before = async (request) => {
        if (operationOf(request) !== "DeleteObject") return;
        machine.proxy.before = () => {};
        await R.put("d/x", "new work of another machine", 9);
      };
      const ran = await machine.run();
      assert.equal(ran.code, 3);
      assert.equal(await R.read("d/x"), "new work of another machine");
      await machine.sync();
      assert.deepEqual([L.read("d/x"), L.read("e/x")], ["new work of another machine", "X"]);
      await assertSettled(parts);
    },
    () => strict,
  );
});
