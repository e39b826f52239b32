/** Maps whose content lies in envelopes, and what is in these, read by programs that did not write them. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test, type TestContext } from "node:test";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { type Keyring, newKeyring, WITHOUT_GPG } from "./keyring.ts";
import type { Parts } from "./scene.ts";
import type { S3Server } from "./s3-server.ts";
import { type Local, type Machine, newWorld, type Remote, type World } from "./world.ts";

export const ADDRESS = "ada@example.org";

/** What is given to `--init` with the map. */
export interface Form {
  readonly gzip?: number;
  readonly gpg?: string;
}

export interface SealedParts extends Parts {
  readonly keyring: Keyring;
}

let shared: Keyring | undefined;

/** With the one key of Ada; of the whole process, and gone with it. */
export function keyringOfAda(): Keyring {
  if (shared !== undefined) return shared;
  const keyring = newKeyring();
  shared = keyring;
  process.once("exit", () => keyring[Symbol.dispose]());
  keyring.add(`Ada <${ADDRESS}>`);
  return keyring;
}

/** A scene on a map of this form; its machine has the key of Ada. Left out where gpg is not installed. */
export function sealedScene(
  title: string,
  form: Form,
  play: (parts: SealedParts, t: TestContext) => Promise<void>,
  server?: () => S3Server,
): void {
  test(title, { skip: WITHOUT_GPG }, async (t) => {
    const keyring = keyringOfAda();
    const world = await newWorld(server?.());
    try {
      const machine = await sealedMachine(world, form, keyring);
      await play({ world, machine, L: machine.local, R: world.remote, keyring }, t);
    } finally {
      await world[Symbol.asyncDispose]();
    }
  });
}

/** Another machine with the same map. */
export async function sealedMachine(world: World, form: Form, keyring: Keyring): Promise<Machine> {
  const machine = await world.machine();
  giveKeys(machine, keyring);
  if ((form.gzip ?? 0) > 9) machine.through = ["env"]; // a process: the threads of Zopfli are those of the built command
  await machine.init(...wordsOf(form));
  return machine;
}

/** From now on it has this keyring. @param more variables, such as PATH */
export function giveKeys(machine: Machine, { path }: Keyring, more: NodeJS.ProcessEnv = {}): void {
  machine.variables = { GNUPGHOME: path, ...more };
}

export function wordsOf({ gzip, gpg }: Form): string[] {
  return [
    ...(gzip === undefined ? [] : ["--gzip", String(gzip)]),
    ...(gpg === undefined ? [] : ["--gpg", gpg]),
  ];
}

export interface Stored {
  readonly bytes: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentEncoding: string | undefined;
  readonly etag: string;
}

export async function stored(R: Remote, name: string): Promise<Stored> {
  const { Body, Metadata, ContentEncoding, ETag } = await R.client.send(new GetObjectCommand(R.at(name)));
  return {
    bytes: Buffer.from((await Body?.transformToByteArray()) ?? []),
    metadata: Metadata ?? {},
    contentEncoding: ContentEncoding,
    etag: ETag ?? "",
  };
}

/** As another program puts it there. */
export async function putStored(
  R: Remote,
  name: string,
  { bytes, metadata }: Pick<Stored, "bytes" | "metadata">,
): Promise<void> {
  await R.client.send(new PutObjectCommand({ ...R.at(name), Body: bytes, Metadata: metadata }));
}

/** By gpg and gunzip, as the object says of itself. */
export function unsealed({ bytes, metadata }: Pick<Stored, "bytes" | "metadata">, keyring: Keyring): Buffer {
  const encoding = metadata["bsync-encoding"] ?? "";
  const compressed = encoding.includes("openpgp") ? keyring.gpg(["--quiet", "--decrypt"], bytes) : bytes;
  return encoding.includes("gzip") ? gunzip(compressed) : compressed;
}

export function gunzip(bytes: Uint8Array): Buffer {
  return execFileSync("gunzip", ["-c"], { input: bytes, maxBuffer: 2 ** 30 });
}

/** Plain content of every object, as latin1, by name. */
export async function plainThere(R: Remote, keyring: Keyring): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of (await R.names()).toSorted())
    files[name] = unsealed(await stored(R, name), keyring).toString("latin1");
  return files;
}

/** `bsync-encoding` of every object, by name; "" where it has none. */
export async function encodingsThere(R: Remote): Promise<Record<string, string>> {
  const names = (await R.names()).toSorted();
  const heads = await Promise.all(names.map((name) => R.head(name)));
  return Object.fromEntries(names.map((name, at) => [name, heads[at]?.Metadata?.["bsync-encoding"] ?? ""]));
}

/** Both sides hold the same, the state is that set, nothing of ours is left, and another run only lists. */
export async function assertSealed({ machine, L, R, keyring }: SealedParts): Promise<void> {
  const there = await plainThere(R, keyring);
  assert.deepEqual(sorted(L.files()), there, "both sides hold the same");
  assert.deepEqual(Object.keys(machine.records()).toSorted(), Object.keys(there), "the state is that set");
  assert.deepEqual(await operations(machine), ["ListObjectsV2"], "another run only lists");
}

/** Kinds of the requests of one run that must be silent. */
export async function operations(machine: Machine, ...words: readonly string[]): Promise<readonly string[]> {
  return Object.keys(await machine.counting(() => machine.sync(...words))).toSorted();
}

export function sorted<T>(files: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** All of the same time. */
export function writeAll(L: Local, files: Readonly<Record<string, string | Uint8Array>>, order = 1): void {
  for (const [name, content] of Object.entries(files)) L.write(name, content, order);
}
