/** `--service` of the built command, with programs in PATH that stand for systemctl, launchctl and crontab. */

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { FAKE_CRONTAB } from "../support/fake-crontab.ts";
import { scene } from "../support/scene.ts";
import type { Machine, Ran } from "../support/world.ts";

const OTHERS = "MAILTO=ann\n0 5 * * * backup\n";

/** A machine on which these programs, by name, are all that there is beside the shell; each writes down its arguments. */
class Host {
  readonly #machine: Machine;
  readonly #bin: string;

  constructor(machine: Machine, programs: Readonly<Record<string, string>>) {
    this.#machine = machine;
    this.#bin = join(machine.home, "bin");
    mkdirSync(this.#bin);
    const tools = { cat: 'exec /bin/cat "$@"', ...programs };
    for (const [name, script] of Object.entries(tools)) {
      const path = join(this.#bin, name);
      const log = name === "cat" ? "" : `echo "${name} $*" >> "$HOME/calls"\n`;
      writeFileSync(path, `#!/bin/sh\n${log}${script}\n`);
      chmodSync(path, 0o755);
    }
  }

  service(...argv: readonly string[]): Promise<Ran> {
    return this.#machine.runWith({ PATH: this.#bin }, "service", ...argv);
  }

  /** Since the last time. */
  calls(): readonly string[] {
    const path = join(this.#machine.home, "calls");
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
    writeFileSync(path, "");
    return lines;
  }
}

function done({ code, stderr }: Ran): void {
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
}

describe("--service", { concurrency: 3 }, () => {
  scene(
    "systemd: units are written and the timer begins, twice as once; remove leaves nothing (UN16, UN18)",
    async ({ machine }) => {
      const host = new Host(machine, { systemctl: "exit 0", crontab: FAKE_CRONTAB });
      const units = join(machine.home, ".config/systemd/user");
      for (const every of ["5", "20"]) {
        const ran = await host.service("install", "--every", every, "--skip-missing");
        done(ran);
        assert.match(ran.stdout, new RegExp(`^every ${every} minutes, by systemd: `));
        assert.match(ran.stdout, /^ {2}undo: s3-bsync --file .* --service remove$/m);
        assert.match(ran.stdout, /AWS_ACCESS_KEY_ID/, "what the job does not see is named");
        assert.doesNotMatch(ran.stdout, new RegExp(machine.env()["AWS_SECRET_ACCESS_KEY"] ?? "x"));
        assert.deepEqual(readdirSync(units).toSorted(), ["s3-bsync.service", "s3-bsync.timer"]);
        assert.deepEqual(
          host.calls().filter((call) => call.startsWith("systemctl")),
          [
            "systemctl --user show-environment", // whether it is here
            "systemctl --user show-environment",
            "systemctl --user daemon-reload",
            "systemctl --user enable s3-bsync.timer",
            "systemctl --user restart s3-bsync.timer",
          ],
        );
      }
      assert.match(readFileSync(join(units, "s3-bsync.timer"), "utf8"), /^OnUnitInactiveSec=20min$/m);
      assert.match(
        readFileSync(join(units, "s3-bsync.service"), "utf8"),
        /"--report=changes" "--skip-missing"$/m,
      );
      done(await host.service("status"));
      host.calls();

      done(await host.service("remove"));
      assert.deepEqual(readdirSync(units), []);
      assert.ok(host.calls().includes("systemctl --user disable --now s3-bsync.timer"));
      assert.match((await host.service("remove")).stdout, /^nothing to remove/);
      assert.equal((await host.service("status")).code, 3);
    },
  );

  scene("systemd that refuses leaves nothing behind (UN18)", async ({ machine }) => {
    const host = new Host(machine, { systemctl: 'case $* in *enable*) echo "no bus" >&2; exit 1 ;; esac' });
    const ran = await host.service("install", "--scheduler", "systemd");
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /^s3-bsync: systemctl --user enable s3-bsync\.timer: no bus\n/);
    assert.deepEqual(readdirSync(join(machine.home, ".config/systemd/user")), []);
  });

  scene(
    "cron: taken where systemd is not here; the line is there once, other lines stay (UN16, UN18)",
    async ({ machine }) => {
      const host = new Host(machine, { systemctl: "exit 1", crontab: FAKE_CRONTAB });
      const table = join(machine.home, "table");
      writeFileSync(table, OTHERS);
      for (const every of ["5", "30"]) done(await host.service("install", "--every", every));
      const lines = readFileSync(table, "utf8").split("\n");
      assert.equal(lines.length, 4);
      assert.match(
        lines[2] ?? "",
        /^\*\/30 \* \* \* \* \S+ (?:\S+ )?--file \S+ --report=changes # s3-bsync: /,
      );
      done(await host.service("status"));
      done(await host.service("remove"));
      assert.equal(readFileSync(table, "utf8"), OTHERS);
    },
  );

  scene(
    "cron: what the line says is a run, from the shell that cron has (UN16, UN17)",
    async ({ machine, L }) => {
      const host = new Host(machine, { crontab: FAKE_CRONTAB });
      const note = 'echo 100% > "$HOME/it\'s noted"';
      done(await host.service("install", "--on-failure", note));
      L.write("x", "X", 1);
      const line = readFileSync(join(machine.home, "table"), "utf8");
      const command = line.slice("*/15 * * * * ".length).replaceAll("\\%", "%");
      machine.through = ["/bin/sh", "-c", command];
      assert.deepEqual(await machine.run(), { code: 0, stdout: "", stderr: "" });
      assert.ok("x" in machine.records(), "it has synced");
      machine.local.remove("");
      assert.equal((await machine.run()).code, 4);
      assert.equal(readFileSync(join(machine.home, "it's noted"), "utf8"), "100%\n");
    },
  );

  scene("cron: a table that cannot be read is never replaced (UN18)", async ({ machine }) => {
    const host = new Host(machine, { crontab: 'test "$1" = - && exit 0; echo "denied" >&2; exit 1' });
    const ran = await host.service("install", "--scheduler", "cron");
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /^s3-bsync: crontab -l: denied\n/);
    assert.ok(!host.calls().includes("crontab -"));
  });

  scene(
    "launchd: the agent is written and begun anew; remove leaves nothing (UN16, UN18)",
    async ({ machine }) => {
      const host = new Host(machine, { launchctl: "exit 0" });
      const agents = join(machine.home, "Library/LaunchAgents");
      const uid = process.getuid?.() ?? 0;
      done(await host.service("install", "--scheduler", "launchd"));
      assert.deepEqual(host.calls(), [
        `launchctl bootout gui/${uid}/s3-bsync`,
        `launchctl bootstrap gui/${uid} ${join(agents, "s3-bsync.plist")}`,
      ]);
      assert.deepEqual(readdirSync(agents), ["s3-bsync.plist"]);
      done(await host.service("remove"));
      assert.deepEqual(readdirSync(agents), []);
    },
  );

  scene("another scheduler takes the place of the one before (UN16)", async ({ machine }) => {
    const host = new Host(machine, { systemctl: "exit 0", crontab: FAKE_CRONTAB });
    done(await host.service("install", "--scheduler", "cron"));
    done(await host.service("install", "--scheduler", "systemd"));
    assert.equal(readFileSync(join(machine.home, "table"), "utf8"), "");
  });

  scene(
    "it refuses what it cannot do: no scheduler, a line end in a word, times that cron has no words for (UN17, UN18)",
    async ({ machine }) => {
      const host = new Host(machine, { crontab: FAKE_CRONTAB });
      for (const [argv, code, said] of [
        [["install", "--on-failure", "a\nb", "--scheduler", "cron"], 1, /control character/],
        [["install", "--every", "7"], 1, /cron cannot run something every 7 minutes/],
        [["install", "--every", "0"], 2, /--every 0/],
        [["install", "--report", "x"], 2, /--report x/],
        [["install", "--scheduler", "at"], 2, /--scheduler at/],
        [["start"], 2, /--service start: not install, remove, status/],
      ] as const) {
        const ran = await host.service(...argv);
        assert.equal(ran.code, code, ran.stderr);
        assert.match(ran.stderr, said);
      }
      assert.equal(existsSync(join(machine.home, "table")), false);
      const nothing = await machine.runWith({ PATH: "/nowhere" }, "service", "install");
      assert.equal(nothing.code, 1);
      assert.match(nothing.stderr, /neither systemd, launchd nor cron.*\n {2}hint: --watch/);
    },
  );
});
