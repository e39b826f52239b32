/** A directory, a prefix on a real server, a state file, and the built command: what a scenario is played in. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  paginateListObjectsV2,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from "@aws-sdk/client-s3";
import { operationOf, type RecordingProxy, recordingProxy } from "./recording-proxy.ts";
import { type ReadRecord, readStateFile } from "./read-state.ts";
import { runHere } from "./run-here.ts";
import { BUCKET, type S3Server, sharedServer } from "./s3-server.ts";
import { tempDir } from "./temp-dir.ts";

/** Another than the one in `dist`, such as the executable. */
const OTHER = process.env["S3_BSYNC_TEST_PROGRAM"];
const PROGRAM =
  OTHER === undefined
    ? [process.execPath, resolve(import.meta.dirname, "../../dist/main.js")]
    : [resolve(OTHER)];
/** What the SDK takes from the environment of this process, whatever a run is told. */
const ACCOUNT = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_EC2_METADATA_DISABLED"];

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that has begun. */
export interface Running {
  readonly ended: Promise<Ran>;
  signal(name: NodeJS.Signals): void;
}

/** Later for a bigger number; all long before any run. In ms since 1970. */
export function at(order: number): number {
  return Date.UTC(2026, 0, 1) + order * 60_000;
}

export class Local {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, content: string | Uint8Array, order?: number): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
    if (order !== undefined) utimesSync(this.path(name), at(order) / 1000, at(order) / 1000);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }

  /** Every regular file, by name, with its content; directories that hold nothing do not show. */
  files(): Record<string, string> {
    const all: Record<string, string> = {};
    for (const entry of readdirSync(this.root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      all[path.slice(this.root.length + 1)] = readFileSync(path, "latin1");
    }
    return all;
  }
}

export class Remote {
  readonly client: S3Client;
  readonly prefix: string;
  readonly bucket: string;

  constructor(
    { endpoint, region, accessKeyId, secretAccessKey }: S3Server,
    prefix: string,
    bucket: string = BUCKET,
  ) {
    const credentials = { accessKeyId, secretAccessKey };
    const checks = {
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    } as const;
    this.client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, ...checks });
    this.prefix = prefix;
    this.bucket = bucket;
  }

  at(name: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.bucket, Key: `${this.prefix}/${name}` };
  }

  /** @param order written as the `mtime` metadata, as s3-bsync writes it; without it the object has none */
  async put(
    name: string,
    content: string | Uint8Array,
    order?: number,
    more: Partial<PutObjectCommandInput> = {},
  ): Promise<string> {
    const Metadata = order === undefined ? {} : { mtime: `${at(order) / 1000}.000000000` };
    const out = await this.client.send(
      new PutObjectCommand({ ...this.at(name), Body: Buffer.from(content), Metadata, ...more }),
    );
    return (out.ETag ?? "").replaceAll('"', "");
  }

  async read(name: string): Promise<string> {
    const { Body } = await this.client.send(new GetObjectCommand(this.at(name)));
    return (await Body?.transformToString("latin1")) ?? "";
  }

  head(name: string): Promise<HeadObjectCommandOutput> {
    return this.client.send(new HeadObjectCommand(this.at(name)));
  }

  async remove(name: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.at(name)));
  }

  async names(): Promise<string[]> {
    const names: string[] = [];
    const wanted = { Bucket: this.bucket, Prefix: `${this.prefix}/`, EncodingType: "url" } as const;
    for await (const page of paginateListObjectsV2({ client: this.client }, wanted)) {
      for (const { Key } of page.Contents ?? []) {
        names.push(decodeURIComponent((Key ?? "").replaceAll("+", " ")).slice(this.prefix.length + 1));
      }
    }
    return names;
  }

  async files(): Promise<Record<string, string>> {
    const names = await this.names();
    const contents = await Promise.all(names.map((name) => this.read(name)));
    return Object.fromEntries(names.map((name, i) => [name, contents[i] ?? ""]));
  }
}

/** One machine: its own directory, state file and home, on a prefix that others may share. */
export class Machine implements AsyncDisposable {
  readonly local: Local;
  readonly home: string;
  readonly stateFile: string;
  readonly destination: string;
  readonly proxy: RecordingProxy;
  /** Words before the command, such as those of `boundByModes`. */
  through: readonly string[] = [];
  /** Of its environment, beside those that every machine has. */
  variables: NodeJS.ProcessEnv = {};
  readonly #server: S3Server;
  readonly #remove: () => void;

  constructor(server: S3Server, proxy: RecordingProxy, prefix: string, bucket: string = BUCKET) {
    const dir = tempDir("scenario");
    this.#server = server;
    this.#remove = dir.remove;
    this.proxy = proxy;
    this.home = dir.path;
    this.local = new Local(join(dir.path, "tree"));
    mkdirSync(this.local.root);
    this.stateFile = join(dir.path, ".state.s3sync");
    this.destination = `s3://${bucket}/${prefix}`;
  }

  env(): NodeJS.ProcessEnv {
    const { accessKeyId, secretAccessKey, region } = this.#server;
    return {
      PATH: process.env["PATH"],
      HOME: this.home,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: region,
      AWS_ENDPOINT_URL: this.proxy.endpoint,
      AWS_EC2_METADATA_DISABLED: "true",
      ...this.variables,
    };
  }

  /** Runs the built command as a user would. */
  run(...argv: readonly string[]): Promise<Ran> {
    return this.runWith({}, ...argv);
  }

  runWith(env: NodeJS.ProcessEnv, ...argv: readonly string[]): Promise<Ran> {
    return this.start(env, ...argv).ended;
  }

  /** To be met while it runs. */
  start(env: NodeJS.ProcessEnv, ...argv: readonly string[]): Running {
    const [command = process.execPath, ...words] = [...this.through, ...PROGRAM, ...argv];
    const child = spawn(command, words, {
      env: { ...this.env(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const out = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (out.stderr += text));
    const ended = new Promise<Ran>((done, failed) => {
      child.on("error", failed).on("close", (code) => done({ code, ...out }));
    });
    return { ended, signal: (name) => child.kill(name) };
  }

  async init(...more: readonly string[]): Promise<void> {
    const ran = await this.lightly("--init", "--dir", this.local.root, this.destination, ...more);
    assert.equal(ran.code, 0, ran.stderr);
  }

  /** A run that must be silent and end with 0. */
  async sync(...more: readonly string[]): Promise<void> {
    assert.deepEqual(await this.lightly(...more), { code: 0, stdout: "", stderr: "" });
  }

  /** As `run`, for what stands before and after the run that a test is about: without a process where that is the same. */
  lightly(...argv: readonly string[]): Promise<Ran> {
    const env = this.env();
    const isSame = ACCOUNT.every((name) => process.env[name] === env[name]) && this.through.length === 0;
    return isSame ? runHere(this.home, env, argv) : this.run(...argv);
  }

  /** Operations of one run, counted by the proxy. */
  async counting(run: () => Promise<unknown>): Promise<Record<string, number>> {
    this.proxy.log.length = 0;
    await run();
    const counts: Record<string, number> = {};
    for (const request of this.proxy.log) {
      const operation = operationOf(request);
      counts[operation] = (counts[operation] ?? 0) + 1;
    }
    return counts;
  }

  /** Records of the state file below this map, as an independent reader sees them. */
  records(): Record<string, ReadRecord> {
    const prefix = this.destination.split("/").slice(3).join("/");
    const all = readStateFile(this.stateFile).buckets.flatMap(({ records }) => records);
    return Object.fromEntries(all.map((record) => [record.key.slice(prefix.length + 1), record]));
  }

  /** Names of the manifests in the backup, by reason. */
  backups(): readonly string[] {
    const folder = `${this.stateFile}.d/backups`;
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
    } catch {
      return [];
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    this.#remove();
  }
}

export class World implements AsyncDisposable {
  readonly server: S3Server;
  readonly prefix: string;
  readonly remote: Remote;
  readonly #machines: Machine[] = [];

  constructor(server: S3Server, bucket: string) {
    this.server = server;
    this.prefix = `t-${randomBytes(6).toString("hex")}`;
    this.remote = new Remote(server, this.prefix, bucket);
  }

  /** @param proxy is the machine's from now on; without it one that only records */
  async machine(prefix = this.prefix, proxy?: RecordingProxy): Promise<Machine> {
    const between = proxy ?? (await recordingProxy(this.server.endpoint));
    const machine = new Machine(this.server, between, prefix, this.remote.bucket);
    this.#machines.push(machine);
    return machine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const machine of this.#machines) await machine[Symbol.asyncDispose]();
    this.remote.client.destroy();
  }
}

export async function newWorld(given?: S3Server, bucket = BUCKET): Promise<World> {
  const server = given ?? (await sharedServer());
  await server.bucket(bucket);
  return new World(server, bucket);
}

/** Plays a scenario with one machine whose map is set up. */
export async function scenario(
  play: (parts: {
    readonly world: World;
    readonly machine: Machine;
    readonly L: Local;
    readonly R: Remote;
  }) => Promise<void>,
  server?: S3Server,
  bucket?: string,
): Promise<void> {
  const world = await newWorld(server, bucket);
  try {
    const machine = await world.machine();
    await machine.init();
    await play({ world, machine, L: machine.local, R: world.remote });
  } finally {
    await world[Symbol.asyncDispose]();
  }
}

/**
 * What must hold after every scenario: both sides equal by content, the state exactly that set, nothing of ours
 * left in the tree, and a second run that only lists.
 *
 * @param apart names that are on purpose on one side only, or in neither record
 */
export async function assertSettled(
  { machine, L, R }: { machine: Machine; L: Local; R: Remote },
  apart: readonly string[] = [],
): Promise<void> {
  const without = (files: Record<string, string>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(files)
        .filter(([name]) => !apart.includes(name))
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  const there = without(await R.files());
  assert.deepEqual(without(L.files()), there, "both sides hold the same");
  assert.deepEqual(
    Object.keys(machine.records())
      .filter((name) => !apart.includes(name))
      .toSorted(),
    Object.keys(there),
    "the state is that set",
  );
  assert.deepEqual(
    Object.keys(L.files()).filter((name) => name.includes(".s3-bsync-")),
    [],
    "nothing of ours is left",
  );
  const records = machine.records();
  const counts = await machine.counting(() => machine.lightly());
  assert.deepEqual(Object.keys(counts), ["ListObjectsV2"], "a second run only lists");
  assert.deepEqual(machine.records(), records, "a second run leaves the state as it is");
}
