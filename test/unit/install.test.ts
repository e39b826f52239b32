/** install.sh in a home directory of its own. Needs the built program: `npm run build`. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  accessSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { VERSION } from "../../src/cli/version.ts";
import { tempDir } from "../support/temp-dir.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));
/** A shell and its tools, with the Node of this test in front. */
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Ended {
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

/** What install.sh needs of the project, apart from the tree that others build in. */
function packageIn(directory: string): string {
  accessSync(join(project, "dist/main.js"));
  const copy = join(directory, "it's a package");
  mkdirSync(copy);
  for (const part of ["install.sh", "package.json", "LICENSE", "dist"]) {
    cpSync(join(project, part), join(copy, part), { recursive: true });
  }
  return join(copy, "install.sh");
}

test("install.sh makes a command that works under the bare PATH of cron, and uninstall takes all of it away", () => {
  using directory = tempDir("install");
  const home = join(directory.path, "a home's");
  mkdirSync(home);
  const install = packageIn(directory.path);
  const command = join(home, ".local/bin/s3-bsync");

  const installed = start("sh", [install], { HOME: home, PATH });
  assert.equal(installed.stderr, "");
  assert.equal(installed.status, 0);
  assert.match(installed.stdout, new RegExp(`^installed: s3-bsync ${VERSION} on Node\\.js `));
  assert.match(installed.stdout, /\.local\/bin is not on your PATH/);
  assert.equal(statSync(command).mode & 0o777, 0o755);

  const bare = ["-i", `HOME=${home}`, "PATH=/usr/bin:/bin", command];
  assert.deepEqual(start("env", [...bare, "--version"], {}), {
    status: 0,
    stdout: `s3-bsync ${VERSION}\n`,
    stderr: "",
  });
  assert.equal(start("env", [...bare, "--no-such-option"], {}).status, 2);
  assert.equal(start("env", [...bare, "--file", "two words", "x"], {}).status, 2);

  const again = start("sh", [install], { HOME: home, PATH });
  assert.equal(again.status, 0, again.stderr);

  mkdirSync(join(home, ".state.s3sync.d/backups"), { recursive: true });
  writeFileSync(join(home, ".state.s3sync"), "state");
  const removed = start("sh", [install, "uninstall"], { HOME: home, PATH });
  assert.equal(removed.status, 0, removed.stderr);
  assert.ok(removed.stdout.includes(`kept: ${home}/.state.s3sync\n`));
  assert.ok(removed.stdout.includes(`kept: the backups in ${home}/.state.s3sync.d/backups\n`));
  assert.ok(!existsSync(command));
  assert.deepEqual(readdirSync(join(home, ".local/share")), []);
  assert.equal(readFileSync(join(home, ".state.s3sync"), "utf8"), "state");
  assert.match(start("sh", [install, "uninstall"], { HOME: home, PATH }).stdout, /^nothing to remove/);
});

test("install.sh refuses to replace a command that is not its own, and leaves it alone on uninstall", () => {
  using directory = tempDir("install");
  const install = packageIn(directory.path);
  const bin = join(directory.path, ".local/bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "s3-bsync"), "mine");
  const env = { HOME: directory.path, PATH };
  const { status, stderr } = start("sh", [install], env);
  assert.equal(status, 1);
  assert.match(stderr, /^install\.sh: .*another program\n {2}hint: /);
  start("sh", [install, "uninstall"], env);
  assert.equal(readFileSync(join(bin, "s3-bsync"), "utf8"), "mine");
});

test("install.sh says what is wrong where Node is missing or too old, or its argument is unknown", () => {
  using directory = tempDir("install");
  const install = packageIn(directory.path);
  const tools = join(directory.path, "tools");
  mkdirSync(tools);
  for (const tool of ["dirname", "sed", "grep"])
    symlinkSync(start("sh", ["-c", `command -v ${tool}`], { PATH }).stdout.trim(), join(tools, tool));
  const env = { HOME: directory.path, PATH: tools };
  const none = start("/bin/sh", [install], env);
  assert.equal(none.status, 1);
  assert.match(none.stderr, /^install\.sh: node is not on the PATH\n {2}hint: install Node\.js 20/);

  writeFileSync(
    join(tools, "node"),
    '#!/bin/sh\ncase "$2" in *execPath*) echo /x ;; *) echo 18.20.1 ;; esac\n',
    { mode: 0o755 },
  );
  const old = start("/bin/sh", [install], env);
  assert.equal(old.status, 1);
  assert.match(old.stderr, /^install\.sh: Node\.js 18\.20\.1 is too old\n/);

  assert.match(
    start("/bin/sh", [install, "remove"], env).stderr,
    /^install\.sh: unknown argument remove\n {2}hint: usage/,
  );
});
