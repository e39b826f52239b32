/** What a benchmark is played on: the server, the peers, and a folder for all that is made. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { DeleteObjectsCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { clientOf } from "../support/servers/answers.ts";
import type { S3Server } from "../support/s3-server.ts";
import { atExit } from "../support/servers/at-exit.ts";
import { tempDir } from "../support/temp-dir.ts";
import type { Command } from "./measured.ts";
import type { Peer, PeerName } from "./peers.ts";
import type { Scale } from "./workloads.ts";

export interface StageOptions {
  readonly scale: Scale;
  readonly repeats: number;
  /** What late answers are late by. */
  readonly latencyMs: number;
}

const BUCKET = "s3-bsync-bench";

export class Stage implements AsyncDisposable {
  readonly options: StageOptions;
  readonly server: S3Server;
  readonly client: S3Client;
  readonly bucket = BUCKET;
  readonly peers: ReadonlyMap<string, Peer>;
  readonly #folder = tempDir("bench");
  readonly #run = `bench-${Date.now()}`;
  readonly #forget = atExit(() => this.#folder.remove());
  #made = 0;

  constructor(server: S3Server, peers: ReadonlyMap<PeerName, Peer>, options: StageOptions) {
    this.server = server;
    this.peers = peers;
    this.options = options;
    this.client = clientOf(server.endpoint, server);
  }

  /** New and empty. Nothing is removed before the end: right after removals the disk is slower. */
  folder(purpose: string): string {
    const path = join(this.#folder.path, `${purpose}-${++this.#made}`);
    mkdirSync(path);
    return path;
  }

  /** That nothing lies below. */
  prefix(purpose: string): string {
    return `${this.#run}/${purpose}-${++this.#made}`;
  }

  /** The name of a peer becomes its program. */
  started(command: Command, env: NodeJS.ProcessEnv): Command {
    const peer = this.peers.get(command.program);
    return {
      ...command,
      program: peer?.program ?? command.program,
      words: [...(peer?.words ?? []), ...command.words],
      env: { ...env, ...peer?.env, ...command.env },
    };
  }

  /** On a server that is not gone with the benchmark, its objects are removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#folder.remove();
    this.#forget();
    if (this.server.kind === "other") await this.removeObjects(`${this.#run}/`);
    this.client.destroy();
  }

  async removeObjects(Prefix: string): Promise<void> {
    const { client } = this;
    const below = { Bucket: BUCKET, Prefix };
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, below)) {
      const Objects = Contents.map(({ Key = "" }) => ({ Key }));
      if (Objects.length > 0)
        await client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects, Quiet: true } }));
    }
  }
}
