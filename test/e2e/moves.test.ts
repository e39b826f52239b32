/** Scenarios D: names that change on one side, and cost no byte of content on the other. */

import assert from "node:assert/strict";
import { statSync, utimesSync } from "node:fs";
import { describe } from "node:test";
import { GetObjectTaggingCommand } from "@aws-sdk/client-s3";
import { bytesOf } from "../support/content.ts";
import { type Parts, scene, startingFrom } from "../support/scene.ts";
import {
  inodeOf,
  renameHere,
  type Renames,
  renameThere,
  type Traffic,
  traffic,
  trafficOf,
} from "../support/renaming.ts";
import { assertSettled, at } from "../support/world.ts";

const MIB = 1024 * 1024;
const NOTHING: Traffic = { put: [], got: [], copied: [], deleted: [] };
const TREE = { "d/x": "content of x", "d/y": "content of y!", "k/1": "one", "k/2": "two" };
const start = startingFrom(TREE);

describe("scenarios D: one name", { concurrency: 3 }, () => {
  start(
    "60 a file that was renamed: its object is copied in the store, then the old one goes (MV5)",
    async (parts) => {
      const { machine, L, R } = parts;
      renameHere(L, "d/x", "new dir/día & 100%+.txt");
      const dry = await machine.run("--dryrun");
      assert.match(dry.stdout, /^ {2}copy-remote +\S.*renamed from "?d\/x"?/m);
      assert.match(dry.stdout, /^ {2}delete-remote +d\/x .*renamed to /m);
      const sent = await traffic(machine);
      assert.deepEqual(sent, { ...NOTHING, copied: ["new dir/día & 100%+.txt"], deleted: ["d/x"] });
      const copies = machine.proxy.log.filter(({ method }) => method === "PUT");
      for (const { headers } of copies) assert.equal(headers["content-length"] ?? "0", "0");
      assertCopiedFirst(parts);
      assert.equal(await R.read("new dir/día & 100%+.txt"), TREE["d/x"]);
      await assertSettled(parts);
    },
  );

  start(
    "60 an object that was renamed: the file is, and keeps its inode, time and links (MV6)",
    async (parts) => {
      const { machine, L, R } = parts;
      const ino = inodeOf(L, "d/x");
      await renameThere(R, "d/x", "deep/er/new");
      assert.deepEqual(await traffic(machine), NOTHING);
      assert.equal(inodeOf(L, "deep/er/new"), ino);
      assert.equal(statSync(L.path("deep/er/new")).mtimeMs, at(1));
      await renameThere(R, "deep/er/new", "d/x");
      assert.deepEqual(await traffic(machine), NOTHING);
      assert.throws(() => statSync(L.path("deep")), { code: "ENOENT" });
      await assertSettled(parts);
    },
  );

  start("60 a rename is told as one, in every kind of output (MV8, CL17, CL18)", async ({ machine, L }) => {
    renameHere(L, "d/x", "d/z");
    const dry = await machine.run("--dryrun", "--json");
    const lines = dry.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    assert.deepEqual(
      lines
        .filter(({ type }) => type === "action")
        .map(({ verb, key, from, movedTo }) => ({ verb, key, from, movedTo })),
      [
        { verb: "delete-remote", key: "d/x", from: undefined, movedTo: "d/z" },
        { verb: "copy-remote", key: "d/z", from: "d/x", movedTo: undefined },
      ],
    );
    const totals = lines.at(-1)?.["totals"] as Readonly<Record<string, Readonly<Record<string, number>>>>;
    assert.equal(totals["actions"]?.["copy-remote"], 1);
    assert.deepEqual(totals["deletions"], { local: 0, remote: 0 });
    assert.match((await machine.run("--debug")).stdout, /renamed in the bucket +d\/z .*renamed from "d\/x"/);
  });

  scene(
    "90 headers, metadata, storage class and tags of an object that gets a new name stay as they are (MV5)",
    async (parts) => {
      const { machine, L, R } = parts;
      await R.put("k", "K");
      await R.put("page", "the page", 5, {
        ContentType: "text/x-own",
        CacheControl: "max-age=60",
        ContentDisposition: "inline",
        ContentLanguage: "de",
        StorageClass: "REDUCED_REDUNDANCY",
        Metadata: { mtime: `${at(5) / 1000}.000000000`, other: "its own 100%" },
        Tagging: "project=x%20%3D%20y",
      });
      await machine.sync();
      const about = async (name: string): Promise<unknown> => {
        const { $metadata: _, LastModified: __, ...head } = await R.head(name);
        const { TagSet } = await R.client.send(new GetObjectTaggingCommand(R.at(name)));
        return { ...head, TagSet };
      };
      const before = await about("page");
      renameHere(L, "page", "archive/page");
      assert.deepEqual((await traffic(machine)).copied, ["archive/page"]);
      assert.deepEqual(await about("archive/page"), before);
      await assertSettled(parts);
    },
  );

  start(
    "87 content that was uploaded in parts is known again under another name, on both sides (MV1)",
    async (parts) => {
      const { machine, L, R } = parts;
      L.write("large", bytesOf(16 * MIB + 1), 1);
      await machine.sync();
      assert.match(machine.records()["large"]?.etag ?? "", /-\d+$/);
      renameHere(L, "large", "larger");
      assert.deepEqual(await traffic(machine), { ...NOTHING, copied: ["larger"], deleted: ["large"] });
      const ino = inodeOf(L, "larger");
      await renameThere(R, "larger", "largest");
      const back = await traffic(machine);
      assert.deepEqual(back, NOTHING);
      assert.equal(inodeOf(L, "largest"), ino);
      await assertSettled(parts);
    },
  );

  start("66 a file that was renamed and edited is a new file, and the old name goes", async (parts) => {
    const { machine, L, R } = parts;
    renameHere(L, "d/x", "d/z");
    L.write("d/z", "other bytes!", 7);
    assert.deepEqual(await traffic(machine), { ...NOTHING, put: ["d/z"], deleted: ["d/x"] });
    assert.equal(await R.read("d/z"), "other bytes!");
    await assertSettled(parts);
  });

  start("60 a file that was renamed and touched is renamed (MV1)", async (parts) => {
    const { machine, L } = parts;
    renameHere(L, "d/x", "d/z");
    utimesSync(L.path("d/z"), at(9) / 1000, at(9) / 1000);
    assert.deepEqual(await traffic(machine), { ...NOTHING, copied: ["d/z"], deleted: ["d/x"] });
    await assertSettled(parts);
  });

  for (const [title, from, to] of [
    ["84 a name that changes its case only", "a.txt", "A.txt"],
    ["85 a directory that changes its case only", "dir", "Dir"],
    ["84 a name that changes its Unicode form only", "caf\u00e9", "cafe\u0301"],
  ] as const) {
    scene(`${title} is one name afterwards, on both sides (MV5, MV6)`, async (parts) => {
      const { machine, L, R } = parts;
      const [old, now] = from === "dir" ? [`${from}/f`, `${to}/f`] : [from, to];
      L.write(old, "content", 1);
      L.write("k", "K", 1);
      await machine.sync();
      renameHere(L, from, to);
      assert.deepEqual(await traffic(machine), { ...NOTHING, copied: [now], deleted: [old] });
      assert.deepEqual((await R.names()).toSorted(), [now, "k"].toSorted());
      await renameThere(R, now, old);
      assert.deepEqual(await traffic(machine), NOTHING);
      assert.deepEqual(Object.keys(L.files()).toSorted(), [old, "k"].toSorted());
      await assertSettled(parts);
    });
  }
});

describe("scenarios D: several of one content", { concurrency: 3 }, () => {
  const ten = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`t/${i}`, "the same"]));
  startingFrom({ ...ten, k: "K" })(
    "78 of ten files alike one is renamed: one copy, and the set is right (MV3)",
    async (parts) => {
      const { machine, L } = parts;
      renameHere(L, "t/4", "u/4");
      assert.deepEqual(await traffic(machine), { ...NOTHING, copied: ["u/4"], deleted: ["t/4"] });
      await assertSettled(parts);
    },
  );

  startingFrom({ ...ten, k: "K" })(
    "78 ten files alike are renamed, and each keeps its inode where the name tells (MV3)",
    async (parts) => {
      const { machine, L, R } = parts;
      const inodes = Object.keys(ten).map((name) => inodeOf(L, name));
      for (const name of Object.keys(ten)) await renameThere(R, name, name.replace("t/", "u/"));
      assert.deepEqual(await traffic(machine), NOTHING);
      assert.deepEqual(
        Object.keys(ten).map((name) => inodeOf(L, name.replace("t/", "u/"))),
        inodes,
      );
      await assertSettled(parts);
    },
  );

  startingFrom({ ...ten, k: "K" })(
    "78 one of ten is renamed and another one deleted: one is copied, both go (MV3)",
    async (parts) => {
      const { machine, L } = parts;
      renameHere(L, "t/4", "u/4");
      L.remove("t/5");
      const { copied, deleted, put } = await traffic(machine);
      assert.deepEqual([copied, deleted.toSorted(), put], [["u/4"], ["t/4", "t/5"], []]);
      await assertSettled(parts);
    },
  );

  startingFrom({ "e/1": "", "e/2": "", "e/3": "", k: "K" })(
    "79 empty files that are renamed, deleted and made together are never moves (MV1)",
    async (parts) => {
      const { machine, L } = parts;
      renameHere(L, "e/1", "f/1");
      L.remove("e/2");
      L.write("g", "");
      const { copied, deleted, put } = await traffic(machine);
      assert.deepEqual([copied, deleted.toSorted(), put.toSorted()], [[], ["e/1", "e/2"], ["f/1", "g"]]);
      await assertSettled(parts);
    },
  );
});

/** Each is played on the side of the files, and on that of the objects. */
const KNOTS: readonly (readonly [string, Renames, Readonly<Record<string, string>>])[] = [
  [
    "63 a chain",
    [
      ["b", "c"],
      ["a", "b"],
    ],
    { b: "A", c: "BB", k: "K" },
  ],
  [
    "65 a swap",
    [
      ["a", "t"],
      ["b", "a"],
      ["t", "b"],
    ],
    { a: "BB", b: "A", k: "K" },
  ],
  [
    "75 a file into a directory of its own name",
    [
      ["a", "t"],
      ["t", "a/a"],
    ],
    { "a/a": "A", b: "BB", k: "K" },
  ],
];
const RING: Renames = [
  ["a", "t"],
  ["c", "a"],
  ["b", "c"],
  ["t", "b"],
];
const INSIDE_OUT: Renames = [
  ["A/B/f", "t1"],
  ["A/g", "t2"],
  ["t1", "B/A/f"],
  ["t2", "B/g"],
];

describe("scenarios D: names that are tied to each other", { concurrency: 3 }, () => {
  for (const [title, renames, expected] of KNOTS) knot(title, { a: "A", b: "BB", k: "K" }, renames, expected);
  knot("65 a ring of three", { a: "1 of 3", b: "2 of 3", c: "3 of 3", k: "K" }, RING, {
    a: "3 of 3",
    b: "1 of 3",
    c: "2 of 3",
    k: "K",
  });
  knot("75 A/B that becomes B/A", { "A/B/f": "F", "A/g": "GG", k: "K" }, INSIDE_OUT, {
    "B/A/f": "F",
    "B/g": "GG",
    k: "K",
  });

  start("87b a file leaves a directory that is deleted in the same run (MV7)", async (parts) => {
    const { machine, L } = parts;
    renameHere(L, "d/x", "e/x");
    L.remove("d");
    const { copied, deleted, put } = await traffic(machine);
    assert.deepEqual([copied, deleted.toSorted(), put], [["e/x"], ["d/x", "d/y"], []]);
    assertCopiedFirst(parts);
    await assertSettled(parts);
  });
});

/** No object goes before every copy was made. */
function assertCopiedFirst({ machine }: Parts): void {
  const methods = machine.proxy.log.map(({ method }) => method);
  assert.ok(methods.lastIndexOf("PUT") < methods.indexOf("DELETE"), methods.join(" "));
}

function knot(
  title: string,
  files: Readonly<Record<string, string>>,
  renames: Renames,
  expected: Readonly<Record<string, string>>,
): void {
  const ends = async (parts: Parts): Promise<void> => {
    const { machine, L, R } = parts;
    for (let runs = 0; runs < 2; runs++) await machine.sync();
    assert.deepEqual(L.files(), expected);
    assert.deepEqual(await R.files(), expected);
    await assertSettled(parts);
  };
  // Files of the same size and time would not be told apart.
  const begin = async ({ machine, L }: Parts): Promise<void> => {
    for (const [index, [name, content]] of Object.entries(files).entries()) L.write(name, content, index);
    await machine.sync();
  };
  scene(`${title} of files comes out right, and nothing is lost (MV4)`, async (parts) => {
    await begin(parts);
    for (const [from, to] of renames) renameHere(parts.L, from, to);
    await ends(parts);
    assert.deepEqual(trafficOf(parts.machine), NOTHING, "there is nothing left to do");
  });
  scene(`${title} of objects comes out right, and nothing is lost (MV4)`, async (parts) => {
    await begin(parts);
    for (const [from, to] of renames) await renameThere(parts.R, from, to);
    await ends(parts);
  });
}
