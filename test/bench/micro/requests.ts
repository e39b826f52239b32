/**
 * Small objects sent and fetched, through our store with all its checks or by the SDK as it comes. Where from and
 * where to stands in the AWS environment.
 *
 *     requests.ts ours|sdk put|get BUCKET PREFIX COUNT
 */

import { tmpdir } from "node:os";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { inOrder } from "../../../src/core/in-order.ts";
import type { LocalFile, RemoteObject } from "../../../src/model/observation.ts";
import type { ObjectKey } from "../../../src/model/object-key.ts";
import { bucket } from "../../../src/remote/bucket.ts";
import { spoolIn } from "../../../src/state/spool-file.ts";
import { endpointMemory } from "../../support/endpoint-memory.ts";
import { MemoryOpenFile } from "../../support/memory-open-file.ts";
import { NO_ENVELOPE } from "../../support/no-envelope.ts";
import { marked, noiseOf } from "../tree.ts";
import { ownFigures } from "./own-figures.ts";

const AT_ONCE = 32;
const [whose = "", what = "", Bucket = "", prefix = "", count = ""] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, index) => `file-${index}` as ObjectKey);
const noise = noiseOf(4096);

interface Client {
  readonly put: (name: ObjectKey) => Promise<RemoteObject | undefined>;
  readonly get: (name: ObjectKey, object: RemoteObject | undefined) => Promise<void>;
}

const client = whose === "ours" ? ours() : sdk();
const objects = new Map<ObjectKey, RemoteObject | undefined>();
const put = async (name: ObjectKey): Promise<void> => void objects.set(name, await client.put(name));
const get = (name: ObjectKey): Promise<void> => client.get(name, objects.get(name));
if (what === "get") await each(put);
await ownFigures(() => each(what === "get" ? get : put));
process.exit();

async function each(task: (name: ObjectKey) => Promise<void>): Promise<void> {
  for await (const _ of inOrder(names, task, { concurrency: AT_ONCE, window: AT_ONCE }));
}

function ours(): Client {
  const store = bucket({
    bucket: Bucket,
    prefix,
    connection: {
      endpoint: process.env["AWS_ENDPOINT_URL"],
      region: process.env["AWS_REGION"] ?? "us-east-1",
      profile: undefined,
      caBundle: undefined,
      pathStyle: true,
      requestPayer: false,
    },
    newSpool: spoolIn(tmpdir()),
    now: Date.now,
    envelope: NO_ENVELOPE,
    memory: endpointMemory(),
  });
  return {
    put: (key) => {
      const bytes = marked(noise, key);
      const file: LocalFile = { key, size: bytes.length, mtimeMs: 1, ctimeMs: 1, ino: 1 };
      const open = new MemoryOpenFile({ file, bytes, mtimeNs: 1_000_000n }, () => {});
      return store.write(key, open, undefined, async () => {});
    },
    get: async (_key, object) => {
      if (object === undefined) throw new Error("nothing was put there");
      const { chunks } = await store.read(object);
      for await (const _ of chunks);
    },
  };
}

function sdk(): Client {
  const s3 = new S3Client({ forcePathStyle: true });
  const at = (name: string) => ({ Bucket, Key: `${prefix}/${name}` });
  return {
    put: async (name) => {
      await s3.send(new PutObjectCommand({ ...at(name), Body: marked(noise, name) }));
      return undefined;
    },
    get: async (name) => {
      const { Body } = await s3.send(new GetObjectCommand(at(name)));
      await Body?.transformToByteArray();
    },
  };
}
