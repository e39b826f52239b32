/**
 * How fast content goes into envelopes and out of them: each stage alone, then the built command, beside gzip, gpg
 * and the SDK by hand. Prints medians of three turns, in which all take their turn one after the other.
 *
 *     npm run bench:envelopes [-- MIB]
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { envelopeOf } from "../../src/envelope/envelope.ts";
import type { Enveloped } from "../../src/model/encoding.ts";
import type { Envelope } from "../../src/ports/envelope.ts";
import { decryptTools } from "../support/enveloped.ts";
import { startServer } from "../support/s3-server.ts";
import { ADDRESS, keyringOfAda, sealedMachine } from "../support/sealed.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type Machine, newWorld } from "../support/world.ts";
import { ByHand, DECRYPT, ENCRYPT } from "./by-hand.ts";
import { text } from "./tree.ts";

const MIB = 1024 * 1024;
const SIZE = Number(process.argv[2] ?? 64) * MIB;
const TURNS = 3;
const SMALL = { count: 100, bytes: 8 * 1024 };
const FORM = { gzip: 6, gpg: ADDRESS };
const GZIP = "gzip -n6";

interface Row {
  readonly what: string;
  /** Of plain content. */
  readonly bytes: number;
  readonly prepare?: (turn: number) => Promise<void> | void;
  readonly ours: () => Promise<unknown>;
  readonly byHand: () => Promise<unknown>;
}

await using server = await startServer();
await using largeWorld = await newWorld(server);
await using smallWorld = await newWorld(server);
await using handWorld = await newWorld(server);
using temp = tempDir("bench");
const keyring = keyringOfAda();
using tools = decryptTools(keyring.env);
const hand = new ByHand(keyring, handWorld.remote);

const plain = join(temp.path, "plain");
await pipeline(Readable.from(text(SIZE)), createWriteStream(plain));

const load = loadavg().map((each) => each.toFixed(1));
console.log(`${versions()}; ${server.name}; ${availableParallelism()} processors, load ${load.join(" ")}`);
console.log(
  `${SIZE / MIB} MiB of text; MB of it a second: s3-bsync, by hand, ratio; medians of ${TURNS} turns`,
);
for (const row of [...(await stages()), ...(await wholeRuns()), await smallFiles()])
  console.log(await measured(row));

async function measured({ what, bytes, prepare, ours, byHand }: Row): Promise<string> {
  const spent: { readonly ours: number[]; readonly byHand: number[] } = { ours: [], byHand: [] };
  for (let turn = 1; turn <= TURNS; turn++) {
    await prepare?.(turn);
    spent.ours.push(await secondsOf(ours));
    spent.byHand.push(await secondsOf(byHand));
  }
  const [mine, theirs] = [spent.ours, spent.byHand].map((seconds) => bytes / 1e6 / median(seconds)) as [
    number,
    number,
  ];
  const cells = [mine.toFixed(1), theirs.toFixed(1), `${(mine / theirs).toFixed(2)} x`];
  return what.padEnd(32) + cells.map((cell) => cell.padStart(10)).join("");
}

/** From a file into nothing. */
async function stages(): Promise<readonly Row[]> {
  const made = (gzip: number, gpg: boolean): Promise<Envelope> =>
    envelopeOf({ gzip, gpg, email: ADDRESS }, tools);
  const [gzip, gpg, both] = [await made(6, false), await made(0, true), await made(6, true)];
  const sha256 = createHash("sha256").update(readFileSync(plain)).digest("hex");
  const into = async (what: string, envelope: Envelope, words: string): Promise<Row> => ({
    what,
    bytes: SIZE,
    ours: () => drained(envelope.encode(createReadStream(plain))),
    byHand: () => hand.shell(`(${words}) <${plain}`),
  });
  const out = async (what: string, from: Envelope, words: string): Promise<Row> => {
    const file = join(temp.path, from.encoding);
    await pipeline(Readable.from(from.encode(createReadStream(plain))), createWriteStream(file));
    const of: Enveloped = { encoding: from.encoding as Enveloped["encoding"], size: SIZE, sha256 };
    return {
      what,
      bytes: SIZE,
      ours: () => drained(from.decode(createReadStream(file), of)),
      byHand: () => hand.shell(`(${words}) <${file}`),
    };
  };
  return [
    await into("gzip 6", gzip, GZIP),
    await into("encrypt", gpg, ENCRYPT),
    await into("gzip 6, encrypt", both, `${GZIP} | ${ENCRYPT}`),
    await out("gunzip, verify", gzip, "gunzip"),
    await out("decrypt, verify", gpg, DECRYPT),
    await out("decrypt, gunzip, verify", both, `${DECRYPT} | gunzip`),
  ];
}

/** By the built command, with its start, its look at both sides, its journal and its state. */
async function wholeRuns(): Promise<readonly Row[]> {
  const machine = await sealedMachine(largeWorld, FORM, keyring);
  let fresh: Machine = machine;
  return [
    {
      what: "upload of one file",
      bytes: SIZE,
      prepare: (turn) => {
        machine.local.write("large", Buffer.concat([readFileSync(plain), Buffer.from(String(turn))]), turn);
      },
      ours: () => machine.sync(),
      byHand: () => hand.upload(`${GZIP} <${plain} | ${ENCRYPT}`, "by-hand"),
    },
    {
      what: "download of one file",
      bytes: SIZE,
      prepare: async () => {
        fresh = await sealedMachine(largeWorld, FORM, keyring);
      },
      ours: () => fresh.sync(),
      byHand: () => hand.download("by-hand", `${DECRYPT} | gunzip`, join(temp.path, "came")),
    },
  ];
}

async function smallFiles(): Promise<Row> {
  const machine = await sealedMachine(smallWorld, FORM, keyring);
  const content = readFileSync(plain).subarray(0, SMALL.bytes);
  const names = Array.from({ length: SMALL.count }, (_, index) => `small/${index}`);
  return {
    what: `upload of ${SMALL.count} files of 8 KiB`,
    bytes: SMALL.count * SMALL.bytes,
    prepare: (turn) => {
      for (const name of names)
        machine.local.write(name, Buffer.concat([content, Buffer.from(`${turn} ${name}`)]), turn);
    },
    ours: () => machine.sync("--max-overwrite", "all"),
    byHand: async () => {
      for (const name of names) await hand.upload(`${GZIP} <${machine.local.path(name)} | ${ENCRYPT}`, name);
    },
  };
}

async function secondsOf(task: () => Promise<unknown>): Promise<number> {
  const begin = process.hrtime.bigint();
  await task();
  return Number(process.hrtime.bigint() - begin) / 1e9;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function drained(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of chunks);
}

function versions(): string {
  const first = (program: string): string =>
    execFileSync(program, ["--version"]).toString().split("\n")[0] ?? "";
  return [`Node ${process.versions.node}`, `zlib ${process.versions.zlib}`, first("gpg"), first("gzip")].join(
    ", ",
  );
}
