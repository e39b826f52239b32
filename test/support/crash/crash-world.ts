/** A machine and a bucket that a run may be cut off in, put back as they were before, and looked into. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ReadRecord, readStateFile } from "../read-state.ts";
import { TEST_ACCOUNT } from "../servers/server-kind.ts";
import { strictClient, type StrictClient } from "../strict-client.ts";
import { AS_AWS, type LogEntry } from "../strict-server/fault-rules.ts";
import { makeObject } from "../strict-server/make-object.ts";
import { Bucket } from "../strict-server/store.ts";
import { tempDir, type TempDir } from "../temp-dir.ts";
import { at, Local, type Ran } from "../world.ts";
import { runHere } from "../run-here.ts";
import type { Command } from "./strace.ts";
import { copyOf, strictHere, type StrictHere } from "./strict-here.ts";

const BUCKET = "bucket";
const PREFIX = "p";
const BUILT = resolve(import.meta.dirname, "../../../dist");

/** The built command as it was when the tests began: another build does not change it. */
export function privateBuild(): TempDir & { readonly main: string } {
  const dir = tempDir("build");
  cpSync(BUILT, dir.path, { recursive: true });
  return { ...dir, main: join(dir.path, "main.js") };
}

interface Saved {
  readonly files: TempDir;
  readonly bucket: Bucket;
}

export class CrashWorld implements AsyncDisposable {
  readonly home: string;
  readonly local: Local;
  readonly stateFile: string;
  readonly companion: string;
  readonly #main: string;
  readonly #server: StrictHere;
  readonly #control: StrictClient;
  readonly #remove: () => void;
  #saved: Saved | undefined;

  private constructor(main: string, server: StrictHere, dir: TempDir) {
    this.#main = main;
    this.#server = server;
    this.#control = strictClient(server.endpoint);
    this.#remove = dir.remove;
    this.home = dir.path;
    this.local = new Local(join(this.home, "tree"));
    this.stateFile = join(this.home, ".state.s3sync");
    this.companion = `${this.stateFile}.d`;
  }

  /** With an empty map. @param main the built command @param home where all of it lies; removed in the end */
  static async start(main: string, home = tempDir("crash")): Promise<CrashWorld> {
    // What the SDK looks for in the environment is the same in every world.
    Object.assign(process.env, accountEnv());
    const world = new CrashWorld(main, await strictHere(), home);
    mkdirSync(world.local.root);
    world.#server.store.buckets.set(BUCKET, new Bucket());
    await world.init();
    return world;
  }

  get bucket(): Bucket {
    return this.#server.store.bucket(BUCKET);
  }

  /** Maps the root, or another directory. */
  async init(root = this.local.root, prefix = PREFIX): Promise<void> {
    const { code, stderr } = await this.run("--init", "--dir", root, `s3://${BUCKET}/${prefix}`);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  }

  /** The built command in a process of its own. */
  command(...argv: readonly string[]): Command {
    return { words: [process.execPath, this.#main, ...argv], env: this.#env(), home: this.home };
  }

  /** Runs it to its end. @param through words before it */
  async process(...through: readonly string[]): Promise<Ran> {
    const { words, env } = this.command();
    const [command = "", ...rest] = [...through, ...words];
    const child = spawn(command, rest, { env, stdio: ["ignore", "pipe", "pipe"] });
    const out = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => (out[name] += text));
    }
    const [code] = (await once(child, "close")) as [number | null];
    await this.settled();
    return { code, ...out };
  }

  run(...argv: readonly string[]): Promise<Ran> {
    return runHere(this.home, this.#env(), argv);
  }

  /** A run that must be silent and end with 0. */
  async sync(): Promise<void> {
    assert.deepEqual(await this.run(), { code: 0, stdout: "", stderr: "" });
  }

  /** Requests that are sent meanwhile. */
  async logOf(work: () => Promise<unknown>): Promise<readonly LogEntry[]> {
    await this.#control.clear();
    await work();
    return (await this.#control.log()).map((entry) => ({ ...entry, key: nameOf(entry.key) }));
  }

  /** Resolves when all that a dead run had sent has had its effect. */
  settled(): Promise<void> {
    return this.#server.quiet();
  }

  /** By name, with their content. */
  objects(): Record<string, string> {
    const { bucket } = this;
    const keys = bucket.keys("bytes").filter(isOfMap);
    return Object.fromEntries(
      keys.map((key) => [nameOf(key), bucket.current(key)?.bytes.toString("latin1") ?? ""]),
    );
  }

  putObject(name: string, content: string, order: number): void {
    const headers = { "x-amz-meta-mtime": `${at(order) / 1000}.000000000` };
    const about = { headers, storageClass: "STANDARD", tags: [] };
    const object = makeObject(Buffer.from(content), about, AS_AWS, undefined);
    this.bucket.add(`${PREFIX}/${name}`, object, this.#server.store.birth());
  }

  removeObject(name: string): void {
    this.bucket.remove(`${PREFIX}/${name}`, this.#server.store.birth());
  }

  /** Of the state file, by name, as an independent reader sees them. */
  records(): Record<string, ReadRecord> {
    const all = readStateFile(this.stateFile).buckets.flatMap(({ records }) => records);
    const own = all.filter(({ key }) => isOfMap(key));
    return Object.fromEntries(own.map((record) => [nameOf(record.key), record]));
  }

  /** Paths of the whole zips of all backups. */
  backups(): readonly string[] {
    const folder = join(this.companion, "backups");
    const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
    return names.filter((name) => name.endsWith(".zip")).map((name) => join(folder, name));
  }

  /** Paths of the journals of runs that were cut off. */
  journals(): readonly string[] {
    const names = existsSync(this.companion) ? readdirSync(this.companion) : [];
    return names.filter((name) => name.startsWith("journal-")).map((name) => join(this.companion, name));
  }

  /** This is the moment that `rewind` goes back to. */
  remember(): void {
    const files = tempDir("saved");
    copy(this.home, files.path);
    this.#saved?.files.remove();
    this.#saved = { files, bucket: copyOf(this.bucket) };
  }

  /** The root stays the same directory. */
  rewind(): void {
    if (this.#saved === undefined) throw new Error("nothing is remembered");
    for (const name of readdirSync(this.home)) {
      if (name !== "tree") rmSync(join(this.home, name), { recursive: true });
    }
    for (const name of readdirSync(this.local.root)) rmSync(this.local.path(name), { recursive: true });
    copy(this.#saved.files.path, this.home);
    this.rewindBucket();
  }

  rewindBucket(): void {
    if (this.#saved !== undefined) this.#server.store.buckets.set(BUCKET, copyOf(this.#saved.bucket));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    this.#saved?.files.remove();
    this.#remove();
  }

  #env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env["PATH"],
      HOME: this.home,
      AWS_ENDPOINT_URL: this.#server.endpoint,
      ...accountEnv(),
    };
  }
}

function accountEnv(): Record<string, string> {
  const { accessKeyId, secretAccessKey, region } = TEST_ACCOUNT;
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

function isOfMap(key: string): boolean {
  return key.startsWith(`${PREFIX}/`);
}

function nameOf(key: string): string {
  return isOfMap(key) ? key.slice(PREFIX.length + 1) : key;
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}
