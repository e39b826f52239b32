/** What a user does without this program: gzip, gpg and the SDK, one after the other. */

import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Keyring } from "../support/keyring.ts";
import { ADDRESS } from "../support/sealed.ts";
import type { Remote } from "../support/world.ts";

const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 3;

const GPG = "gpg --batch --no-tty --quiet --trust-model always --yes";
export const ENCRYPT = `${GPG} --compress-level 0 --recipient ${ADDRESS} --encrypt`;
export const DECRYPT = `${GPG} --decrypt`;

export class ByHand {
  readonly #env: Keyring["env"];
  readonly #remote: Remote;

  constructor({ env }: Keyring, remote: Remote) {
    this.#env = env;
    this.#remote = remote;
  }

  /** @returns when the words have ended well; their output goes nowhere */
  async shell(words: string): Promise<void> {
    const { output, ended } = this.#started(words);
    output.resume();
    await ended;
  }

  /** What the words print becomes an object, in parts. */
  async upload(words: string, name: string): Promise<void> {
    const { client } = this.#remote;
    const place = this.#remote.at(name);
    const { output, ended } = this.#started(words);
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
    const sending: Promise<CompletedPart>[] = [];
    for await (const Body of inParts(output)) {
      const PartNumber = sending.length + 1;
      await sending.at(-PARTS_AT_ONCE);
      const send = client.send(new UploadPartCommand({ ...place, UploadId, PartNumber, Body }));
      sending.push(send.then(({ ETag }) => ({ PartNumber, ETag })));
    }
    await ended;
    const MultipartUpload = { Parts: await Promise.all(sending) };
    await client.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload }));
  }

  /** The object goes through the words into a file. */
  async download(name: string, words: string, file: string): Promise<void> {
    const { Body } = await this.#remote.client.send(new GetObjectCommand(this.#remote.at(name)));
    const { input, output, ended } = this.#started(words);
    await Promise.all([pipeline(Body as Readable, input), pipeline(output, createWriteStream(file)), ended]);
  }

  #started(words: string) {
    const child = spawn("sh", ["-c", words], { env: this.#env, stdio: ["pipe", "pipe", "inherit"] });
    const ended = new Promise<void>((done, failed) => {
      child.once("error", failed);
      child.once("close", (code) => (code === 0 ? done() : failed(new Error(`${words}: ${code}`))));
    });
    return { input: child.stdin, output: child.stdout, ended };
  }
}

async function* inParts(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += held.push(chunk) > 0 ? chunk.length : 0;
    if (bytes < PART_BYTES) continue;
    yield Buffer.concat(held);
    [held, bytes] = [[], 0];
  }
  yield Buffer.concat(held);
}
