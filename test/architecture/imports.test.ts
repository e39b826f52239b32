/** Imports run one way: the table of spec/architecture.md. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, test } from "node:test";

const SRC = resolve(import.meta.dirname, "../../src");

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  ports: ["model"],
  core: ["model", "ports"],
  codec: ["model"],
  local: ["model", "ports", "core"],
  remote: ["model", "ports", "core"],
  backup: ["model", "ports", "core"],
  envelope: ["model", "ports", "core"],
  host: ["model", "ports", "core"],
  state: ["model", "ports", "core", "codec"],
  sync: ["model", "ports", "core"],
  cli: ["model", "ports", "core", "sync"],
  app: [
    "model",
    "ports",
    "core",
    "codec",
    "local",
    "remote",
    "backup",
    "envelope",
    "host",
    "state",
    "sync",
    "cli",
  ],
  library: ["model", "ports", "core", "cli"],
  "main.ts": ["model", "cli", "app"],
  "library.ts": ["model", "cli", "library", "app"],
};

/** Rooms that know no file, network, time or process: no module of Node, whatever the compiler thinks. */
const PURE = ["model", "ports", "core", "codec"];

interface File {
  readonly name: string;
  readonly room: string;
  readonly imports: readonly string[];
  readonly text: string;
}

const files: readonly File[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => {
    const text = readFileSync(join(SRC, name), "utf8");
    const imports = [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
    return { name, room: name.split("/")[0] ?? "", imports, text };
  });

describe("the rooms of the code", () => {
  test("are those of the table", () => {
    assert.deepEqual(
      [...new Set(files.map(({ room }) => room))].toSorted(),
      Object.keys(MAY_IMPORT).toSorted(),
    );
  });

  for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
    test(`${room} imports from ${allowed.length === 0 ? "itself only" : `itself, ${allowed.join(", ")}`}`, () => {
      for (const { name, imports } of files.filter((file) => file.room === room)) {
        for (const specifier of imports.filter((each) => each.startsWith("."))) {
          const target = relative(SRC, resolve(SRC, dirname(name), specifier)).split("/")[0] ?? "";
          assert.ok(target === room || allowed.includes(target), `${name} imports ${specifier}`);
        }
      }
    });
  }

  test("are pure where they say so: no module of Node below model, ports, core and codec", () => {
    for (const { name, room, imports } of files) {
      const node = imports.filter((each) => each.startsWith("node:"));
      if (PURE.includes(room)) assert.deepEqual(node, [], name);
    }
  });

  test("sync has never heard of files or of S3", () => {
    for (const { name, imports } of files.filter(({ room }) => room === "sync")) {
      assert.deepEqual(
        imports.filter((each) => !each.startsWith(".")),
        [],
        name,
      );
    }
  });

  test("only main.ts and library.ts name the process", () => {
    const naming = files.filter(({ text }) =>
      /\bprocess\.(argv|env|exit|exitCode|on|stdout|stderr|stdin|cwd|pid|kill)\b/.test(withoutComments(text)),
    );
    assert.deepEqual(naming.map(({ name }) => name).toSorted(), ["library.ts", "main.ts"]);
  });

  test("LI8: library.ts takes nothing of the process but what a run rests on", () => {
    const text = files.find(({ name }) => name === "library.ts")?.text ?? "";
    const taken = [...withoutComments(text).matchAll(/\{([^{}]*)\} = process\b|\bprocess\.(\w+)/g)].flatMap(
      ([, several = "", one = ""]) => [one, ...several.split(",")].map((name) => name.trim()),
    );
    assert.deepEqual([...new Set(taken)].filter((name) => name !== "").toSorted(), [
      "cwd",
      "env",
      "execPath",
      "getuid",
      "pid",
      "platform",
    ]);
  });

  test("hold files of at most 300 lines of code", () => {
    const long = files.filter(
      ({ text }) =>
        withoutComments(text)
          .split("\n")
          .filter((line) => line.trim() !== "").length > 300,
    );
    assert.deepEqual(
      long.map(({ name }) => name),
      [],
    );
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
