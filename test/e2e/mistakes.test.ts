/** Mistakes that people make when they begin: one line says what is wrong, a hint what to type, and nothing is done. */

import { mkdirSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe } from "node:test";
import { assertRefused, F_IS_A, type Parts, startingFrom } from "../support/scene.ts";
import { unchangedBy } from "../support/stand-still.ts";

interface Mistake {
  readonly what: string;
  /** Every `HOME`, `ROOT`, `DEST` and `HOST` of these words is that of the machine. */
  readonly argv: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly code: number;
  readonly said: RegExp;
  readonly hint: RegExp;
}

const USAGE: readonly Mistake[] = [
  {
    what: "the two values of --dir in the wrong order",
    argv: ["--init", "--dir", "DEST", "ROOT"],
    code: 2,
    said: /the directory comes first/,
    hint: /--dir PATH s3:\/\/BUCKET\/PREFIX/,
  },
  {
    what: "a ~ that the shell has not read",
    argv: ["--init", "--dir", "~/tree", "DEST"],
    code: 2,
    said: /--dir ~\/tree: not an absolute path/,
    hint: /write \/.*\/tree$/m,
  },
  {
    what: "a relative directory",
    argv: ["--init", "--dir", "tree", "DEST"],
    code: 2,
    said: /not an absolute path/,
    hint: /write \/.*\/tree$/m,
  },
  {
    what: "a file as the directory",
    argv: ["--init", "--dir", "ROOT/f", "DEST/x"],
    code: 2,
    said: /no directory is there/,
    hint: /an empty one will do/,
  },
  {
    what: "a directory that cannot be reached",
    argv: ["--init", "--dir", "HOME/loop/x", "DEST/x"],
    code: 2,
    said: /no directory is there/,
    hint: /an empty one will do/,
  },
  {
    what: "half of an option",
    argv: ["--dry"],
    code: 2,
    said: /unknown option --dry; did you mean --dryrun\?/,
    hint: /--help/,
  },
  {
    what: "the name of a mode behind an option",
    argv: ["--json", "doctor"],
    code: 2,
    said: /unexpected argument "doctor"/,
    hint: /comes first: s3-bsync doctor/,
  },
  {
    what: "a path of the disk as a pattern",
    argv: ["--only", "ROOT/k/1"],
    code: 2,
    said: /patterns begin at the directory of the map/,
    hint: /write --only \/k\/1$/m,
  },
  {
    what: "the directory of the map as a pattern",
    argv: ["--exclude", "ROOT/"],
    code: 2,
    said: /patterns begin at the directory of the map/,
    hint: /leave it out/,
  },
  {
    what: "a pattern that leads out of the map",
    argv: ["--status", "--only", "../f"],
    code: 2,
    said: /names nothing in a map/,
    hint: /--help/,
  },
];

const SURROUNDINGS: readonly Mistake[] = [
  {
    what: "a state file in a directory that is not there",
    argv: ["--file", "HOME/nowhere/state"],
    code: 1,
    said: /nowhere is not there, and the state file would lie in it/,
    hint: /make it, or name another state file/,
  },
  {
    what: "a new state file in a directory that is not there",
    argv: ["--file", "HOME/nowhere/state", "--init", "--dir", "ROOT", "DEST"],
    code: 1,
    said: /nowhere is not there, and the state file would lie in it/,
    hint: /make it, or name another state file/,
  },
  {
    what: "a home that is not there",
    argv: [],
    env: { HOME: "/nowhere/at/all" },
    code: 1,
    said: /\/nowhere\/at\/all is not there/,
    hint: /--file/,
  },
  {
    what: "a state file that is another file",
    argv: ["--file", "ROOT/f"],
    code: 1,
    said: /\/tree\/f: not a state file of s3-bsync/,
    hint: /left as it is.*--file .*\/tree\/f --init --recover/,
  },
  {
    what: "a region that is none",
    argv: ["--region", "EU (Ireland)"],
    code: 1,
    said: /not a region: EU \(Ireland\)/,
    hint: /--region REGION/,
  },
  {
    what: "https to a server without TLS",
    argv: ["--endpoint-url", "https://HOST", "--accept-identity"],
    code: 1,
    said: /https:\/\/127\.0\.0\.1:\d+ does not speak TLS/,
    hint: /begins with http:\/\//,
  },
];

function wordsFor({ machine, L }: Parts, argv: readonly string[]): readonly string[] {
  const real = { HOME: machine.home, ROOT: L.root, DEST: machine.destination };
  const host = new URL(machine.proxy.endpoint).host;
  return argv.map((word) =>
    Object.entries({ ...real, HOST: host }).reduce((text, [name, value]) => text.replace(name, value), word),
  );
}

describe("mistakes of those who begin", { concurrency: 3 }, () => {
  for (const { what, argv, env = {}, code, said, hint } of [...USAGE, ...SURROUNDINGS]) {
    startingFrom(F_IS_A)(
      `${what}: exit code ${code}, one line and a hint, and nothing is done (CL15)`,
      async (parts) => {
        parts.L.write("f", "edited");
        symlinkSync("loop", join(parts.machine.home, "loop"));
        const words = wordsFor(parts, argv);
        const ran = await unchangedBy(parts, () => parts.machine.runWith(env, ...words));
        assertRefused(ran, code, said);
        assert.match(ran.stderr.split("\n  hint: ")[1] ?? "", hint);
      },
    );
  }

  startingFrom(F_IS_A)("SF3, SF4: what is wrong with a state file is said with its path", async (parts) => {
    const { machine, L } = parts;
    const whole = readFileSync(machine.stateFile);
    L.write("f", "edited");
    const damaged = Buffer.concat([whole, Buffer.from("x")]);
    const newer = Buffer.from(whole);
    newer[4] = 9;
    for (const [bytes, said, hint] of [
      [damaged, /\.state\.s3sync: damaged at byte \d+, bucket block: expected/, /--init --recover/],
      [Buffer.alloc(0), /\.state\.s3sync: damaged at byte 0, signature/, /--init --recover/],
      [newer, /\.state\.s3sync: of version 09, and known are 01 and 02/, /a newer s3-bsync wrote it/],
    ] as const) {
      writeFileSync(machine.stateFile, bytes);
      for (const mode of ["sync", "dump", "status", "doctor"]) {
        assertRefused(await unchangedBy(parts, () => machine.run(mode)), 1, said, hint);
      }
    }
  });

  startingFrom(F_IS_A)("IG12: an ignore file that is a symlink is called what it is", async (parts) => {
    const { machine, L } = parts;
    symlinkSync("f", L.path(".s3syncignore"));
    const ran = await machine.run();
    assert.match(ran.stderr, /\/tree\/: its ignore file is a symbolic link\n$/);
    assert.equal(ran.code, 3);
    rmSync(L.path(".s3syncignore"));
    mkdirSync(L.path(".s3syncignore"));
    await machine.sync();
    rmdirSync(L.path(".s3syncignore"));
  });
});
