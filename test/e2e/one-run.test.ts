/** Scenarios I: of many runs with one state file, one is inside; whoever is killed is in nobody's way. */

import assert from "node:assert/strict";
import { closeSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { assertTidy } from "../support/busy-world.ts";
import { operationOf } from "../support/recording-proxy.ts";
import { numbered, scene, synced } from "../support/scene.ts";
import { assertSettled, type Machine, type Ran } from "../support/world.ts";

const AT_ONCE = 20;
const ROUNDS = process.env["S3_BSYNC_LONG"] === "1" ? 100 : 2;
const LOCKED: Ran = { code: 5, stdout: "", stderr: "" };

/** Pseudo-random, the same for the same seed: from 0 to 1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Which of the processes a request is of: each has its name in the user agent. */
function nameIn(userAgent: unknown): string {
  const name = /\bapp\/(p\d+)\b/.exec(String(userAgent))?.[1];
  assert.ok(name !== undefined, `no name in ${String(userAgent)}`);
  return name;
}

/** Starts all at once. Whoever sends a request holds the witness, which only one can make, until it has ended. */
async function round(
  machine: Machine,
  random: () => number,
): Promise<{ readonly ran: readonly Ran[]; readonly killed: number }> {
  const witness = join(machine.home, "witness");
  const clashes: string[] = [];
  let inside: string | undefined;
  machine.proxy.before = ({ headers }) => {
    const name = nameIn(headers["user-agent"]);
    if (name === inside) return;
    try {
      closeSync(openSync(witness, "wx"));
    } catch {
      clashes.push(`${name} beside ${inside}`);
    }
    inside = name;
    if (random() < 0.5) kill(name);
  };
  let killed = 0;
  const kill = (name: string): void => {
    killed++;
    all.get(name)?.signal("SIGKILL");
  };
  const all = new Map(
    Array.from({ length: AT_ONCE }, (_, at) => {
      const name = `p${at}`;
      return [name, machine.start({ AWS_SDK_UA_APP_ID: name })] as const;
    }),
  );
  const ran = await Promise.all(
    [...all].map(async ([name, { ended }]) => {
      const result = await ended;
      if (inside === name) {
        inside = undefined;
        rmSync(witness);
      }
      const others = [...all.keys()];
      if (random() < 0.2) kill(others[Math.floor(random() * others.length)] ?? name);
      return result;
    }),
  );
  machine.proxy.before = () => {};
  assert.deepEqual(clashes, []);
  return { ran, killed };
}

describe("scenarios I: one run at a time", { concurrency: 2 }, () => {
  scene(
    `182 ${AT_ONCE} runs at once, some of them killed: never are two inside, and no lock is in the way of the next (G20, S11)`,
    async (parts) => {
      const { machine, L } = parts;
      await synced(parts, ["k"]);
      const seed = Date.now() % 2 ** 31;
      const random = randomFrom(seed);
      for (let at = 0; at < ROUNDS; at++) {
        L.write("edited", `in round ${at}`);
        const { ran, killed } = await round(machine, random);
        for (const { code, stderr } of ran)
          assert.ok(code === 0 || code === 5 || code === null, `seed ${seed}: ${code}: ${stderr}`);
        assert.ok(killed > 0);
        const alone = await machine.run();
        assert.deepEqual([alone.code, alone.stderr], [0, ""], `seed ${seed}`);
        assertTidy(machine);
      }
      await assertSettled(parts);
    },
  );

  scene("182 the second of two runs ends at once, says nothing, and does nothing (S11)", async (parts) => {
    const { machine, L } = parts;
    const names = numbered(5);
    for (const name of names) L.write(name, name, 1);
    let second: Ran | undefined;
    machine.proxy.before = async (request) => {
      if (operationOf(request) !== "ListObjectsV2" || second !== undefined) return;
      second = await machine.run();
    };
    await machine.sync();
    assert.deepEqual(second, LOCKED);
    const puts = machine.proxy.log.filter((request) => operationOf(request) === "PutObject");
    assert.equal(new Set(puts.map(({ key }) => key)).size, names.length);
    await assertSettled(parts);
  });

  scene("182 a dry run beside a run is not held up, and changes nothing (X11)", async (parts) => {
    const { machine, L } = parts;
    L.write("a", "a", 1);
    let dry: Ran | undefined;
    machine.proxy.before = async (request) => {
      if (operationOf(request) !== "PutObject" || dry !== undefined) return;
      dry = { code: null, stdout: "", stderr: "" };
      dry = await machine.run("--dryrun");
    };
    await machine.sync();
    assert.equal(dry?.code, 0);
    await assertSettled(parts);
  });
});
