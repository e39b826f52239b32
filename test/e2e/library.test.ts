/** The built library against a real server: spec/library.md. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import { promisify } from "node:util";
import type { RunEvent, RunOptions } from "../../src/library.ts";
import { builtLibrary, compile } from "../support/built-library.ts";
import { numbered, type Parts, scene } from "../support/scene.ts";
import { tempDir } from "../support/temp-dir.ts";
import { assertSettled, Local } from "../support/world.ts";

const PAGE = readFileSync(resolve(import.meta.dirname, "../../spec/library.md"), "utf8");

const { BsyncError, ExitCode, plan, sync } = await builtLibrary();

/** The options by which this process reaches the map of a machine. */
function reaching({ machine }: Pick<Parts, "machine">): RunOptions {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"] as const)
    process.env[name] = machine.env()[name];
  const region = machine.env()["AWS_REGION"];
  return { stateFile: machine.stateFile, endpointUrl: machine.proxy.endpoint, region };
}

/** Twenty files, none of them synced. */
function twenty({ L }: Pick<Parts, "L">): readonly string[] {
  const names = numbered(20);
  for (const name of names) L.write(name, name, 1);
  return names;
}

function block(kind: string): string {
  return new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\`\`\``).exec(PAGE)?.[1] ?? "";
}

scene(
  "LI8, LI9: the example of the page compiles strictly, prints what the page says, and nothing else",
  async ({ machine, L, R }) => {
    L.write("notes.txt", "lovely", 1);
    const folder = join(machine.home, "program");
    assert.equal(compile(folder, block("ts")), "");
    const ran = await promisify(execFile)(process.execPath, [join(folder, "program.js")], {
      env: machine.env(),
    });
    assert.deepEqual(ran, { stdout: block("text"), stderr: "" });
    await assertSettled({ machine, L, R });
  },
);

test("LI9: the compiler refuses an option that is not there, and a value that cannot be", () => {
  const folder = tempDir("library-types");
  try {
    const said = compile(
      folder.path,
      'import { sync } from "s3-bsync";\nawait sync({ exlude: [] });\nawait sync({ direction: "left" });\n',
    );
    assert.match(said, /program\.ts\(2,14\)[^]*exlude[^]*program\.ts\(3,14\)[^]*"left"/);
  } finally {
    folder.remove();
  }
});

scene("LI1, LI4: plan tells what --dryrun --json prints, and changes nothing", async (parts) => {
  const { machine, L, R } = parts;
  L.write("a", "A", 1);
  L.write("b \u{1f600}", "BB", 1);
  await R.put("c", "C", 2);
  const events: RunEvent[] = [];
  const result = await plan({ ...reaching(parts), onEvent: (event) => void events.push(event) });
  assert.deepEqual([result.exitCode, result.ending], [0, "ok"]);
  assert.deepEqual(Object.keys(L.files()).toSorted(), ["a", "b \u{1f600}"]);
  assert.deepEqual(await R.names(), ["c"]);
  assert.deepEqual(machine.records(), {});

  const { stdout } = await machine.run("--dryrun", "--json");
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  assert.deepEqual(
    events.map((event) => JSON.parse(JSON.stringify(event)) as unknown),
    lines,
  );
  assert.deepEqual(
    events.flatMap((event) => (event.type === "action" ? [`${event.verb} ${event.key}`] : [])),
    ["upload a", "upload b \u{1f600}", "download c"],
  );
});

scene("LI1, LI5: sync carries both sides, and its result says how each map ended", async (parts) => {
  const { machine, L, R } = parts;
  L.write("a", "A", 1);
  await R.put("c", "CC", 2);
  const { exitCode, ending, maps } = await sync(reaching(parts));
  assert.deepEqual([exitCode, ending, maps.length], [0, "ok", 1]);
  const [{ root, destination, done, bytes, requests, totals, refusals, error } = assert.fail("no map")] =
    maps;
  assert.deepEqual([root, destination], [L.root, machine.destination]);
  assert.deepEqual([done.upload, done.download, done.failed], [1, 1, 0]);
  assert.deepEqual([requests.get, bytes.down], [1, 2]);
  assert.deepEqual([totals?.bytesUp, totals?.bytesDown, refusals, error], [1, 2, [], undefined]);
  await assertSettled({ machine, L, R });
});

scene("LI4: the run waits for its listener, which hears one event at a time", async (parts) => {
  twenty(parts);
  let inside = 0;
  let heard = 0;
  await sync({
    ...reaching(parts),
    async onEvent() {
      assert.equal(++inside, 1);
      await turn();
      heard++;
      inside--;
    },
  });
  assert.equal(heard, 22, "began, twenty outcomes, summary");
});

for (const thrown of [new Error("mine"), new BsyncError("mine")]) {
  scene(
    `LI4: what the listener throws, a ${thrown.name}, ends the run in order, and is thrown by it`,
    async (parts) => {
      const { machine, L, R } = parts;
      twenty(parts);
      let events = 0;
      const call = sync({
        ...reaching(parts),
        concurrency: 1,
        onEvent({ type }) {
          events++;
          if (type === "outcome") throw thrown;
        },
      });
      await assert.rejects(call, (error) => error === thrown);
      assert.equal(events, 2, "nothing is told after that");
      const stored = (await R.names()).length;
      assert.ok(stored < 20, `${stored} of 20 are stored`);
      assert.equal((await sync(reaching(parts))).ending, "ok");
      await assertSettled({ machine, L, R });
    },
  );
}

scene("LI4: notes are told where they are asked for, and else not", async (parts) => {
  parts.L.remove(".");
  const noted = async (notes: boolean): Promise<number> => {
    let count = 0;
    const options = { ...reaching(parts), skipMissing: true, notes };
    await sync({ ...options, onEvent: ({ type }) => void (count += type === "note" ? 1 : 0) });
    return count;
  };
  assert.deepEqual([await noted(true), await noted(false)], [1, 0]);
});

scene("LI6: an aborted signal ends the run in order, and the next one does the rest", async (parts) => {
  const { machine, L, R } = parts;
  twenty(parts);
  const stop = new AbortController();
  const listener = ({ type }: RunEvent): void => {
    if (type === "outcome") stop.abort();
  };
  const cut = await sync({ ...reaching(parts), concurrency: 1, signal: stop.signal, onEvent: listener });
  assert.deepEqual([cut.exitCode, cut.ending], [ExitCode.interrupted, "interrupted"]);
  const uploaded = cut.maps[0]?.done.upload ?? 0;
  assert.ok(uploaded > 0 && uploaded < 20, `${uploaded} of 20 are uploaded`);
  assert.equal(Object.keys(machine.records()).length, uploaded, "what was done is recorded");

  const never = await sync({ ...reaching(parts), signal: AbortSignal.abort() });
  assert.deepEqual([never.ending, never.maps], ["interrupted", []]);
  const rest = await sync(reaching(parts));
  assert.deepEqual([rest.ending, rest.maps[0]?.done.upload], ["ok", 20 - uploaded]);
  await assertSettled({ machine, L, R });
});

scene(
  "LI2, LI5: what a guard holds is in the result, and an option of the command's name allows it",
  async (parts) => {
    const { machine, L, R } = parts;
    const names = twenty(parts);
    await sync(reaching(parts));
    for (const name of names.slice(0, 12)) L.remove(name);
    const held = await sync(reaching(parts));
    assert.deepEqual([held.exitCode, held.ending], [ExitCode.guarded, "guarded"]);
    const { root, destination } = held.maps[0] ?? assert.fail("no map");
    const refusal = {
      type: "refusal",
      root,
      destination,
      what: "deletions",
      side: "remote",
      count: 12,
      of: 20,
    };
    assert.deepEqual(held.maps[0]?.refusals, [refusal]);
    assert.equal((await R.names()).length, 20);

    const allowed = await sync({ ...reaching(parts), maxDelete: 12 });
    assert.deepEqual([allowed.ending, allowed.maps[0]?.refusals], ["ok", []]);
    await assertSettled({ machine, L, R });
  },
);

scene(
  "LI2: an option that is not known, of another type, or refused by the command, ends the call",
  async (parts) => {
    const { machine, L } = parts;
    L.write("a", "A", 1);
    const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
      [{ exlude: ["a"] }, /^exlude: no option/],
      [{ dryrun: true }, /^dryrun: no option/],
      [{ dir: ["a"] }, /^dir: no option/],
      [{ only: "a" }, /^only: not a list/],
      [{ allowEmpty: "no" }, /^allowEmpty: neither/],
      [{ maxTransfer: true }, /^maxTransfer: neither/],
      [{ maxTransfer: NaN }, /^--max-transfer NaN: not a size/],
      [{ maxDelete: -1 }, /^--max-delete -1: not a number/],
      [{ onConflict: "mine" }, /^--on-conflict mine: not newer/],
      [{ concurrency: 0 }, /^--concurrency 0: not a number/],
      [{ maps: [] }, /^maps: no directory is named/],
    ];
    const counts = await machine.counting(async () => {
      for (const [options, said] of wrong) {
        await assert.rejects(sync({ ...reaching(parts), ...options }), (error) => {
          assert.ok(error instanceof BsyncError, String(error));
          assert.match(error.message, said);
          assert.equal(error.exitCode, ExitCode.usage);
          return true;
        });
      }
    });
    assert.deepEqual(counts, {}, "no request is sent");
    assert.equal((await sync({ ...reaching(parts), maxTransfer: 2e12, bwlimit: "1G" })).ending, "ok");
  },
);

scene("LI3: maps names the maps to go through, and one that is not there is an error", async (parts) => {
  const { machine, L, R } = parts;
  const other = new Local(join(machine.home, "other"));
  other.write("x", "X", 1);
  L.write("a", "A", 1);
  const ran = await machine.run("--init", "--dir", other.root, `${machine.destination}-other`);
  assert.equal(ran.code, 0, ran.stderr);
  const { maps } = await sync({ ...reaching(parts), maps: [`${L.root}/`] });
  assert.deepEqual(
    maps.map(({ root }) => root),
    [L.root],
  );
  assert.deepEqual(await R.names(), ["a"]);
  await assert.rejects(sync({ ...reaching(parts), maps: [L.root, "/nowhere"] }), {
    message: "/nowhere: no map has this directory",
    exitCode: ExitCode.usage,
  });
  assert.equal((await plan(reaching(parts))).maps.length, 2);
});

scene(
  "LI5: what ends one map is told in its summary, with a hint that names the state file",
  async (parts) => {
    const { machine, L } = parts;
    twenty(parts);
    await sync(reaching(parts));
    renameSync(L.root, `${L.root}-away`);
    const { ending, maps } = await sync(reaching(parts));
    assert.equal(ending, "guarded");
    assert.match(maps[0]?.error ?? "", new RegExp(`^${L.root} is missing`));
    const { stderr } = await machine.run("--file", machine.stateFile);
    assert.equal(stderr, `s3-bsync: ${maps[0]?.error}\n  hint: ${maps[0]?.hint}\n`);
  },
);

scene(
  "LI7: a call that cannot be carried out rejects with a code and a hint that names the state file",
  async (parts) => {
    const stateFile = join(parts.machine.home, "no such state");
    await assert.rejects(sync({ ...reaching(parts), stateFile }), (error) => {
      assert.ok(error instanceof BsyncError, String(error));
      assert.equal(error.exitCode, ExitCode.failed);
      assert.equal(error.message, `${stateFile}: there is no state file`);
      assert.equal(
        error.hint,
        `s3-bsync --file '${stateFile}' --init --dir PATH s3://BUCKET/PREFIX makes one`,
      );
      return true;
    });
  },
);

scene(
  "LI1, LI7: while a run is under way another one is refused, in the same process too; a plan is not",
  async (parts) => {
    const codes: unknown[] = [];
    await sync({
      ...reaching(parts),
      async onEvent({ type }) {
        if (type !== "began") return;
        await sync(reaching(parts)).catch((error: { readonly exitCode: unknown }) =>
          codes.push(error.exitCode),
        );
        codes.push((await plan(reaching(parts))).exitCode);
      },
    });
    assert.deepEqual(codes, [ExitCode.locked, ExitCode.ok]);
  },
);

scene("LI8: a call leaves the process as it was: no handler, no exit code, one variable", async (parts) => {
  twenty(parts);
  const options = reaching(parts);
  const handlers = (): string =>
    process
      .eventNames()
      .map((name) => `${String(name)} ${process.listenerCount(name)}`)
      .join();
  const [before, env, code] = [handlers(), { ...process.env }, process.exitCode];
  await sync(options);
  const own = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";
  assert.equal(handlers(), before);
  assert.deepEqual({ ...process.env }, { ...env, [own]: "true" });
  assert.equal(process.exitCode, code);
});
