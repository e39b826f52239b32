/** What goes with the content of an object when it is copied, in one request and in parts: headers, metadata, class and tags. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { keyOfText as key } from "../../src/model/object-key.ts";
import { bytesOf, listed, unannounced } from "../support/content.ts";
import { type S3Server, sharedServer, startServer } from "../support/s3-server.ts";
import { type StoreWorld, storeWorld } from "../support/store-world.ts";

const MIB = 1024 * 1024;
const server = await sharedServer();
const strict = server.kind === "strict" ? server : await startServer("strict");
after(async () => {
  await server.stop();
  await strict.stop();
});

const HEADERS = {
  CacheControl: "max-age=60",
  ContentDisposition: 'attachment; filename="a.txt"',
  ContentEncoding: "identity",
  ContentLanguage: "de",
  ContentType: "text/x-own",
  Expires: new Date(2_000_000_000_000),
  Metadata: { mtime: "1.500000000", "other-program": "its own 100%" },
  StorageClass: "REDUCED_REDUNDANCY",
  WebsiteRedirectLocation: "/elsewhere",
} satisfies Partial<PutObjectCommandInput>;
const Tagging = "project=x%20%3D%20y%3A%2F%40&a%2Bb=%2B";

interface Lacks {
  /** No redirects, and so none to copy. */
  readonly redirects?: boolean;
  /** MinIO drops `Expires` of an object that is copied in one request. */
  readonly expires?: boolean;
}

for (const each of new Set([server, strict])) {
  const redirects = each.kind === "seaweedfs" || each.kind === "minio";
  describeAttributes(each, { way: "in one request", size: 5 }, { redirects, expires: each.kind === "minio" });
  describeAttributes(each, { way: "in parts", size: 17 * MIB }, { redirects });
}

function describeAttributes(
  on: S3Server,
  { way, size }: { readonly way: string; readonly size: number },
  lacks: Lacks,
): void {
  describe(`what goes with a copy ${way}: ${on.name}`, () => {
    const copied = async (world: StoreWorld, more: Partial<PutObjectCommandInput>): Promise<void> => {
      await world.client.send(new PutObjectCommand({ ...world.at("a"), Body: bytesOf(size), ...more }));
      const [from] = await listed(world.store);
      assert.ok(from !== undefined);
      await world.store.copy(from, key("b"), unannounced);
    };

    test("RM21: headers, metadata and storage class", async () => {
      await using world = await storeWorld(on, { copyMax: MIB });
      await copied(world, HEADERS);
      const found = await world.client.send(new HeadObjectCommand(world.at("b")));
      const { Expires, WebsiteRedirectLocation, ...others } = HEADERS;
      const wanted = {
        ...others,
        Expires: lacks.expires === true ? undefined : Expires,
        WebsiteRedirectLocation: lacks.redirects === true ? undefined : WebsiteRedirectLocation,
      };
      for (const [name, value] of Object.entries(wanted))
        assert.deepEqual(found[name as keyof typeof HEADERS], value, name);
    });

    test("RM21: tags", async () => {
      await using world = await storeWorld(on, { copyMax: MIB });
      await copied(world, { Tagging });
      const { TagSet = [] } = await world.client.send(new GetObjectTaggingCommand(world.at("b")));
      const tags = Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
      assert.deepEqual(tags, { project: "x = y:/@", "a+b": "+" });
    });

    test("RM21: nothing, where there is nothing", async () => {
      await using world = await storeWorld(on, { copyMax: MIB });
      await copied(world, {});
      const [was, is] = await Promise.all(
        ["a", "b"].map((path) => world.client.send(new HeadObjectCommand(world.at(path)))),
      );
      assert.deepEqual(is?.Metadata, was?.Metadata);
      assert.equal(is?.ContentType, was?.ContentType);
      assert.equal(is?.StorageClass, was?.StorageClass);
      const { TagSet } = await world.client.send(new GetObjectTaggingCommand(world.at("b")));
      assert.deepEqual(TagSet ?? [], []);
    });
  });
}
