/** The demo of the README: a real S3 server, a directory of real files, and the real command, shown step by step. */

import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startServer } from "./s3-server.ts";
import { tempDir } from "./temp-dir.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const BUCKET = "demo-bucket";

await using server = await startServer();
await server.bucket(BUCKET);
using home = tempDir("demo");
const tree = join(home.path, "Documents");
mkdirSync(tree);
cpSync(join(PROJECT, "src"), join(tree, "src"), { recursive: true });
cpSync(join(PROJECT, "README.md"), join(tree, "README.md"));

const { endpoint, region, accessKeyId, secretAccessKey } = server;
const credentials = { accessKeyId, secretAccessKey };
const client = new S3Client({
  endpoint,
  region,
  credentials,
  forcePathStyle: true,
  requestChecksumCalculation: "WHEN_REQUIRED",
});
const at = (name: string) => ({ Bucket: BUCKET, Key: `Documents/${name}` });
let failures = 0;

step("Tie a directory to a prefix of a bucket");
s3bsync(0, "--init", "--dir", tree, `s3://${BUCKET}/Documents`, "--endpoint-url", endpoint);

step("Preview: what would a sync do? (the first lines)");
s3bsync(0, "--debug", "--dryrun");

step("The first sync: silent, as cron likes it");
s3bsync(0);

step("Edits, deletions and new files on both sides, and one file edited on both");
appendFileSync(join(tree, "README.md"), "\nEdited here.\n");
rmSync(join(tree, "src/main.ts"));
writeFileSync(join(tree, "new here.txt"), "made on this machine\n");
await put("src/model/map.ts", "// edited in the bucket\n");
await client.send(new DeleteObjectCommand(at("src/model/change.ts")));
await put("new there.txt", "made by another machine\n");
writeFileSync(join(tree, "src/model/errors.ts"), "// the older edit, made here\n");
const anHourAgo = Date.now() / 1000 - 3600;
utimesSync(join(tree, "src/model/errors.ts"), anHourAgo, anHourAgo);
await put("src/model/errors.ts", "// the newer edit, made in the bucket\n");
say(
  "  here:          README.md edited, src/main.ts deleted, 'new here.txt' made, src/model/errors.ts edited",
);
say(
  "  in the bucket: src/model/map.ts edited, src/model/change.ts deleted, 'new there.txt' made, src/model/errors.ts edited later",
);

step("The second sync, with --debug to see what is done and why");
s3bsync(0, "--debug");
check("the newer edit won on both sides", (await get("src/model/errors.ts")).startsWith("// the newer edit"));
check(
  "the new file of this machine is in the bucket",
  (await get("new here.txt")) === "made on this machine\n",
);

step("The third: nothing changed, so it lists the bucket and does nothing else");
s3bsync(0, "--debug");

step("What the state file remembers");
s3bsync(0, "--dump");

client.destroy();
say(
  failures === 0
    ? "\nThe demo ran as it should."
    : `\n${failures} steps of the demo did not end as they should.`,
);
process.exitCode = failures === 0 ? 0 : 1;

function step(title: string): void {
  say(`\n=== ${title}`);
}

/** Runs the built command as a user would, and shows both. */
function s3bsync(expected: number, ...argv: readonly string[]): void {
  say(`$ s3-bsync ${argv.join(" ")}`);
  const env = {
    PATH: process.env["PATH"],
    HOME: home.path,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(PROJECT, "dist/main.js"), ...argv], {
    env,
    encoding: "utf8",
  });
  const lines = stdout.trimEnd().split("\n");
  const shown =
    lines.length > 24
      ? [...lines.slice(0, 12), `  … ${lines.length - 16} lines more`, ...lines.slice(-4)]
      : lines;
  if (stdout !== "") say(shown.join("\n"));
  if (stderr !== "") say(stderr.trimEnd());
  check(`exit code ${expected}`, status === expected, String(status));
}

function check(what: string, holds: boolean, found = "not so"): void {
  if (!holds) failures++;
  say(holds ? `  [${what}]` : `  [expected: ${what}; found: ${found}]`);
}

async function put(name: string, text: string): Promise<void> {
  await client.send(new PutObjectCommand({ ...at(name), Body: Buffer.from(text) }));
}

async function get(name: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand(at(name)));
  return (await Body?.transformToString()) ?? "";
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
