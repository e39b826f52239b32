/** A prefix of its own in the bucket of a test server, our object store on it, and another program beside ours. */

import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { NO_ENVELOPE } from "./no-envelope.ts";
import type { ObjectStore } from "../../src/ports/object-store.ts";
import type { EndpointMemory } from "../../src/ports/endpoint-memory.ts";
import { bucket, type BucketOptions } from "../../src/remote/bucket.ts";
import { spoolIn } from "../../src/state/spool-file.ts";
import { endpointMemory } from "./endpoint-memory.ts";
import type { S3Server } from "./s3-server.ts";
import { clientOf } from "./servers/answers.ts";

export interface StoreWorld extends AsyncDisposable {
  readonly prefix: string;
  readonly store: ObjectStore;
  /** A look that knows nothing of the first. */
  readonly another: ObjectStore;
  readonly memory: EndpointMemory;
  put(path: string, content: string | Uint8Array, metadata?: Record<string, string>): Promise<void>;
  /** @returns undefined: there is no such object */
  bytes(path: string): Promise<Uint8Array | undefined>;
  erase(path: string): Promise<void>;
  /** Begins an upload in parts. @returns its id */
  begin(path: string): Promise<string>;
  /** Ids of the uploads in parts that are under way. */
  uploads(path: string): Promise<readonly string[]>;
  /** For what has no word here. */
  readonly client: S3Client;
  at(path: string): Pick<PutObjectCommandInput, "Bucket" | "Key"> & { readonly Key: string };
}

const BUCKET = "s3-bsync-contract";

export async function storeWorld(
  server: S3Server,
  options: Partial<BucketOptions> = {},
): Promise<StoreWorld> {
  process.env["AWS_ACCESS_KEY_ID"] = server.accessKeyId;
  process.env["AWS_SECRET_ACCESS_KEY"] = server.secretAccessKey;
  const Bucket = await server.bucket(BUCKET);
  const { endpoint, region } = server;
  const prefix = `contract/${randomBytes(6).toString("hex")}`;
  const memory = options.memory ?? endpointMemory();
  const open = (own: EndpointMemory): ObjectStore =>
    bucket({
      bucket: Bucket,
      prefix,
      connection: {
        endpoint,
        region,
        profile: undefined,
        caBundle: undefined,
        pathStyle: true,
        requestPayer: false,
      },
      newSpool: spoolIn(tmpdir()),
      now: Date.now,
      envelope: NO_ENVELOPE,
      ...options,
      memory: own,
    });
  const other = clientOf(endpoint, server);
  const store = open(memory);
  const another = open(endpointMemory());
  const at = (path: string): { Bucket: string; Key: string } => ({ Bucket, Key: `${prefix}/${path}` });
  return {
    prefix,
    store,
    another,
    memory,
    put: async (path, content, Metadata = {}) =>
      void (await other.send(new PutObjectCommand({ ...at(path), Body: content, Metadata }))),
    bytes: async (path) => {
      const found = await other.send(new GetObjectCommand(at(path))).catch((error: unknown) => {
        if ((error as Error).name === "NoSuchKey") return undefined;
        throw error;
      });
      return await found?.Body?.transformToByteArray();
    },
    erase: async (path) => void (await other.send(new DeleteObjectCommand(at(path)))),
    begin: async (path) => {
      const { UploadId } = await other.send(new CreateMultipartUploadCommand(at(path)));
      return UploadId ?? "";
    },
    uploads: async (path) => {
      const { Key: Prefix } = at(path);
      const { Uploads = [] } = await other.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
      return Uploads.flatMap(({ Key, UploadId }) => (Key === Prefix ? [UploadId ?? ""] : []));
    },
    client: other,
    at,
    async [Symbol.asyncDispose]() {
      store.close();
      another.close();
      other.destroy();
    },
  };
}
