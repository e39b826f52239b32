/** What systemd, launchd and cron are told, and that they read the words back as they were. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import {
  cronHas,
  cronTable,
  cronTimes,
  type Job,
  launchdPlist,
  systemdService,
  systemdTimer,
} from "../../../src/core/schedule-texts.ts";

const JOB: Job = {
  name: "s3-bsync",
  words: [
    "/usr/bin/node",
    "/opt/a b/main.js",
    "--file",
    '/home/ann/100% $HOME "it\'s" \\n',
    "--report=changes",
  ],
  everyMinutes: 15,
};

const word = fc.string({ unit: fc.constantFrom(..."ab /%$\"'\\`!*#&<>;=é~"), minLength: 1 });

test("systemd: the units, with every sign of its own escaped (UN17)", () => {
  assert.equal(
    systemdService(JOB),
    `# Made by s3-bsync --service install; --service remove takes it away
[Unit]
Description=Sync directories and S3 prefixes (s3-bsync)

[Service]
Type=oneshot
ExecStart="/usr/bin/node" "/opt/a b/main.js" "--file" "/home/ann/100%% $$HOME \\"it's\\" \\\\n" "--report=changes"
SuccessExitStatus=5
TimeoutStopSec=30
`,
  );
  assert.match(systemdTimer(JOB), /^OnUnitInactiveSec=15min$/m);
  assert.match(systemdTimer(JOB), /^WantedBy=timers\.target$/m);
});

/** As systemd.service(5) and systemd.unit(5) have it: quotes, then specifiers, then variables. */
function systemdWords(line: string): readonly string[] {
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, quoted = ""]) =>
    quoted
      .replace(/\\(.)/g, "$1")
      .replace(/%(.)/g, (_, sign: string) => (sign === "%" ? "%" : "?"))
      .replace(/\$(.)/g, (_, sign: string) => (sign === "$" ? "$" : "?")),
  );
}

test("systemd reads any words back as they were (UN17)", () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      const line = /^ExecStart=(.*)$/m.exec(systemdService({ ...JOB, words }))?.[1] ?? "";
      assert.deepEqual(systemdWords(line), words);
    }),
  );
});

test("launchd: the property list, with signs of XML escaped (UN17)", () => {
  const plist = launchdPlist({ ...JOB, words: ["/a", "<b> & c"] }, "/log & co");
  assert.match(plist, /<string>&lt;b&gt; &amp; c<\/string>/);
  assert.match(plist, /<integer>900<\/integer>/);
  assert.match(plist, /<key>StandardErrorPath<\/key>\n {2}<string>\/log &amp; co<\/string>/);
  assert.doesNotMatch(
    plist.replace("<!--", "").replace("-->", ""),
    /--/,
    "a comment may not hold two dashes",
  );
});

test("cron: times that it has words for (UN16)", () => {
  for (const [every, times] of [
    [1, "* * * * *"],
    [15, "*/15 * * * *"],
    [60, "0 * * * *"],
    [120, "0 */2 * * *"],
    [1440, "0 0 * * *"],
    [7, undefined],
    [90, undefined],
    [300, undefined],
  ] as const) {
    assert.equal(cronTimes(every), times, String(every));
  }
});

test("cron and the shell read any words back as they were (UN17)", () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const table = cronTable("", { ...JOB, words: ["printf", "%s\\n", ...words] }, "* * * * *");
      // What cron does: a bare percent sign ends the command, an escaped one is one.
      const command = table
        .slice("* * * * * ".length)
        .replace(/(?<!\\)%.*/s, "")
        .replaceAll("\\%", "%");
      const { stdout } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
      assert.deepEqual(stdout, words.map((each) => `${each}\n`).join(""));
    }),
    { numRuns: 50 },
  );
});

test("cron: other lines stay as they are, ours is there once, and goes without a trace (UN16, UN18)", () => {
  const others = "MAILTO=ann\n\n# a comment\n0 5 * * * backup --hot\n";
  const once = cronTable(others, JOB, "*/5 * * * *");
  assert.equal(cronTable(once, JOB, "*/5 * * * *"), once);
  const anew = cronTable(once, JOB, "*/15 * * * *");
  assert.equal(anew.split("\n").length, once.split("\n").length);
  assert.ok(cronHas(anew, "s3-bsync"));
  assert.ok(!cronHas(anew, "s3-bsync-0123456789ab"), "the job of another state file is another one");
  const two = cronTable(anew, { ...JOB, name: "s3-bsync-0123456789ab" }, "* * * * *");
  assert.ok(cronHas(two, "s3-bsync"));
  assert.equal(
    cronTable(cronTable(two, JOB, undefined), { ...JOB, name: "s3-bsync-0123456789ab" }, undefined),
    others,
  );
});
