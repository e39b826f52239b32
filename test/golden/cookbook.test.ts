/** Every command of the cookbook is typed into a shell, on a real server, and prints what the page shows. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { recipesOf, type Recipe, type Step } from "../support/console-blocks.ts";
import { FAKE_CRONTAB } from "../support/fake-crontab.ts";
import { WITHOUT_GPG } from "../support/keyring.ts";
import { onPath } from "../support/servers/run-command.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";
import { type Machine, newWorld, type World } from "../support/world.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const PAGE = readFileSync(join(PROJECT, "spec/cookbook.md"), "utf8");
const WITHOUT_AWS = await onPath("aws").then(
  () => false as const,
  () => "aws is not installed",
);

/** Before anything else in PATH: the command as if it were installed, cron and no systemd, and a mail that is kept. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "s3-bsync": `exec "${process.execPath}" "${join(PROJECT, "dist/main.js")}" "$@"`,
  systemctl: "exit 1",
  crontab: FAKE_CRONTAB,
  mail: '{ echo "$*"; cat; } > "$HOME/mail"',
};

/** All machines of one recipe, the bucket they share, and the disk that is carried from one to the other. */
class Kitchen implements AsyncDisposable {
  readonly #world: World;
  readonly #media: TempDir = tempDir("media");
  readonly #machines = new Map<string, Machine>();

  constructor(world: World) {
    this.#world = world;
  }

  async follow({ machine: name, command, output }: Step): Promise<void> {
    const machine = await this.#machine(name);
    const ran = await inShell(machine, this.#real(machine, command));
    const printed = this.#shown(machine, ran.text);
    assert.equal(ran.code, 0, `${command}\n${printed}`);
    if (output !== undefined) assert.match(timeless(printed), pattern(timeless(output)), command);
  }

  async #machine(name: string): Promise<Machine> {
    const known = this.#machines.get(name);
    if (known !== undefined) return known;
    const machine = await this.#world.machine();
    const bin = join(machine.home, "bin");
    mkdirSync(bin);
    for (const [program, script] of Object.entries(PROGRAMS)) {
      writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, program), 0o755);
    }
    this.#machines.set(name, machine);
    return machine;
  }

  #names(machine: Machine): readonly (readonly [shown: string, real: string])[] {
    return [
      ["/home/you", machine.home],
      ["/media", this.#media.path],
      ["https://s3.example.org", machine.proxy.endpoint],
      ["https://new.example.org", this.#world.server.endpoint],
      ["s3://my-bucket", `${machine.destination}/mine`],
      ["s3://new-bucket", `${machine.destination}/new`],
      ["my-bucket", this.#world.remote.bucket],
    ];
  }

  #real(machine: Machine, text: string): string {
    return this.#names(machine).reduce((all, [shown, real]) => all.replaceAll(shown, real), text);
  }

  #shown(machine: Machine, text: string): string {
    return this.#names(machine)
      .reduce((all, [shown, real]) => all.replaceAll(real, shown), text)
      .trimEnd();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const machine of this.#machines.values()) {
      if (existsSync(join(machine.home, ".gnupg"))) await inShell(machine, "gpgconf --kill all");
    }
    await this.#world[Symbol.asyncDispose]();
    this.#media.remove();
  }
}

/** As on a terminal, stdout and stderr are one text. */
function inShell(machine: Machine, command: string): Promise<{ code: number | null; text: string }> {
  const env = machine.env();
  const child = spawn("/bin/sh", ["-c", `exec 2>&1\n${command}`], {
    cwd: machine.home,
    env: { ...env, PATH: `${join(machine.home, "bin")}:${env["PATH"] ?? ""}` },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  return new Promise((done, failed) => {
    child.on("error", failed).on("close", (code) => done({ code, text }));
  });
}

/** Times and names of runs are those of the day. */
function timeless(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.-]+Z|\d{8}-?T?\d{6}\S*Z?/g, "TIME");
}

/** A line `…` of the page stands for any lines. */
function pattern(output: string): RegExp {
  const lines = output.split("\n").map((line) => (line === "…" ? "[\\s\\S]*" : quoted(line)));
  return new RegExp(`^${lines.join("\n")}$`);
}

function quoted(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}

function whyLeftOut({ steps }: Recipe): string | false {
  const uses = (program: string): boolean =>
    steps.some(({ command }) => new RegExp(`(?:^|[|;&] *)${program} `).test(command));
  return (uses("gpg") && WITHOUT_GPG) || (uses("aws") && WITHOUT_AWS);
}

describe("the cookbook", { concurrency: 2 }, () => {
  for (const recipe of recipesOf(PAGE)) {
    test(
      `each command of "${recipe.title}" does what the page shows`,
      { skip: whyLeftOut(recipe) },
      async () => {
        await using kitchen = new Kitchen(await newWorld());
        for (const step of recipe.steps) await kitchen.follow(step);
      },
    );
  }
});
