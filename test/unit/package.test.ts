/** The npm package: packed, installed without a network, and run. Needs the built program: `npm run build`. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { accessSync, mkdirSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { helpText } from "../../src/cli/help.ts";
import { VERSION } from "../../src/cli/version.ts";
import { tempDir } from "../support/temp-dir.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));
accessSync(join(project, "dist/main.js"));
const directory = tempDir("package");
after(() => directory.remove());

const PREFIX = join(directory.path, "prefix");
const ENV = {
  PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
  HOME: directory.path,
  npm_config_cache: join(directory.path, "empty cache"),
  npm_config_update_notifier: "false",
};

function start(program: string, ...args: readonly string[]) {
  const options = { cwd: project, env: ENV, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(program, args, options);
  return { status, stdout, stderr };
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** The tarball of what is built. Nothing is built here: other tests run what is in `dist`. */
function pack(): Packed {
  const { status, stdout, stderr } = start("npm", "pack", "--json", "--pack-destination", directory.path);
  assert.equal(status, 0, stderr);
  const [packed] = JSON.parse(stdout) as readonly Packed[];
  return packed ?? assert.fail("nothing was packed");
}

const packed = pack();

test("the package holds the program, its manual and its licence, and nothing else", () => {
  const paths = packed.files.map(({ path }) => path);
  assert.deepEqual(paths.filter((path) => !path.startsWith("dist/")).toSorted(), [
    "LICENSE",
    "README.md",
    "commands.md",
    "package.json",
    "spec/s3-bsync.1",
  ]);
  assert.ok(paths.includes("dist/main.js"), paths.join());
  assert.deepEqual(
    paths.filter((path) => path.startsWith("dist/") && !path.endsWith(".js")).toSorted(),
    ["dist/THIRD-PARTY-NOTICES", ...declarations("dist/library.d.ts")].toSorted(),
    "and beside the program the types of the library, and the licences of what is in them",
  );
});

test("the licence of every package that the program is made with is in the package, word for word", () => {
  const notices = readFileSync(join(project, "dist/THIRD-PARTY-NOTICES"), "utf8");
  const sources = readdirSync(join(project, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => readFileSync(join(project, "src", path), "utf8"));
  const imported = sources.flatMap((text) =>
    [...text.matchAll(/(?:^import (?!type)[^;]*? from |import\()"(?!node:|\.)((?:@[^/"]+\/)?[^/"]+)/gm)].map(
      ([, name = ""]) => name,
    ),
  );
  const names = [...new Set(imported)].toSorted();
  assert.ok(names.includes("@aws-sdk/client-s3") && names.includes("openpgp"), names.join());
  for (const name of names) {
    const folder = join(project, "node_modules", name);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    assert.ok(notices.includes(`\n${name} ${version} (`), `${name} ${version} is named`);
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each)) ?? assert.fail(name);
    const text = readFileSync(join(folder, file), "utf8").replaceAll("\r", "").trim();
    assert.ok(notices.includes(text), `${name}: its licence`);
  }
});

/** This file, and all that it imports. */
function declarations(path: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const text = readFileSync(join(project, path), "utf8");
  for (const [, specifier = ""] of text.matchAll(/ from "(\.[^"]+)\.ts"/g))
    declarations(join(dirname(path), `${specifier}.d.ts`), seen);
  return [...seen];
}

test("what runs needs no other package: all it imports is its own or comes with Node", () => {
  const own = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as Record<string, unknown>;
  for (const kind of ["dependencies", "optionalDependencies", "peerDependencies"])
    assert.equal(own[kind], undefined, kind);
  const dist = join(project, "dist");
  const programs = readdirSync(dist).filter((name) => name.endsWith(".js"));
  const foreign = programs.flatMap((name) =>
    [...readFileSync(join(dist, name), "utf8").matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*"([@\w][^"\s]*)"/g)]
      .map(([, specifier = ""]) => specifier)
      .filter((specifier) => !isBuiltin(specifier)),
  );
  // The S3 client names this one only in the text of an error, about requests to several regions at once.
  assert.deepEqual(
    foreign.filter((name) => name !== "@aws-sdk/signature-v4-crt"),
    [],
  );
});

test("SE11: npm installs it without a network, with its command, its library and its man page, and they work", () => {
  mkdirSync(PREFIX);
  const tarball = join(directory.path, packed.filename);
  const how = ["--global", "--offline", "--no-audit", "--no-fund", "--prefix", PREFIX];
  const installed = start("npm", "install", ...how, tarball);
  assert.equal(installed.status, 0, installed.stderr);
  assert.deepEqual(
    readdirSync(join(PREFIX, "lib/node_modules")).filter((name) => !name.startsWith(".")),
    ["s3-bsync"],
  );

  const command = join(PREFIX, "bin/s3-bsync");
  const run = (...args: readonly string[]) => start(command, ...args);
  assert.deepEqual(run("--version"), { status: 0, stdout: `s3-bsync ${VERSION}\n`, stderr: "" });
  assert.deepEqual(run("--help"), { status: 0, stdout: helpText(), stderr: "" });
  assert.equal(
    readFileSync(realpathSync(join(PREFIX, "share/man/man1/s3-bsync.1")), "utf8"),
    readFileSync(join(project, "spec/s3-bsync.1"), "utf8"),
  );

  const library = pathToFileURL(join(PREFIX, "lib/node_modules/s3-bsync/dist/library.js")).href;
  const listing = `console.log(Object.keys(await import("${library}")).sort().join())`;
  const imported = start(process.execPath, "--input-type=module", "--eval", listing);
  assert.deepEqual(imported, { status: 0, stdout: "BsyncError,ExitCode,plan,sync\n", stderr: "" });

  const tree = join(directory.path, "tree");
  mkdirSync(tree);
  const map = run("--init", "--dir", tree, "s3://bucket/docs", "--gzip", "11");
  assert.deepEqual([map.status, map.stderr], [0, ""]);
  const dump = run("--dump");
  assert.deepEqual([dump.status, dump.stderr], [0, ""]);
  // A port that nobody listens on: as far as it gets, all of the S3 client is there.
  const dry = start(
    "env",
    "AWS_ACCESS_KEY_ID=x",
    "AWS_SECRET_ACCESS_KEY=x",
    command,
    "--dryrun",
    "--progress",
    "--endpoint-url",
    "http://127.0.0.1:1",
  );
  assert.equal(dry.status, 1);
  assert.match(dry.stderr, /^s3-bsync: [^\n]*127\.0\.0\.1:1[^\n]*\n {2}hint: [^\n]+\n$/);
});
