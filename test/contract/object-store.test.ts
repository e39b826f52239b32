/** The object store's contract in memory, on a real server, and on the strict one. */

import { after } from "node:test";
import { keyOfText } from "../../src/model/object-key.ts";
import { MemoryObjectStore } from "../support/memory-object-store.ts";
import { sharedServer, startServer } from "../support/s3-server.ts";
import { storeWorld } from "../support/store-world.ts";
import {
  describeObjectStore,
  type ObjectStoreFixture,
  type ObjectStoreWorld,
} from "./object-store.contract.ts";
import { describeCopies } from "./object-store-copies.contract.ts";

const memory: ObjectStoreFixture = {
  name: "memory",
  async open(options = {}): Promise<ObjectStoreWorld> {
    const store = new MemoryObjectStore({ pageSize: 5_000, ...options });
    return {
      store,
      another: store,
      put: async (path, content) => store.put(path, content),
      bytes: async (path) => store.bytes(path),
      erase: async (path) => store.erase(path),
      begin: async (path) => store.begin(path),
      uploads: async (path) =>
        [...store.uploads].flatMap(([id, key]) => (key === keyOfText(path) ? [id] : [])),
      async [Symbol.asyncDispose]() {
        // nothing is held
      },
    };
  },
};

const server = await sharedServer();
const strict = server.kind === "strict" ? undefined : await startServer("strict");
after(async () => {
  await server.stop();
  await strict?.stop();
});

const given: ObjectStoreFixture = {
  name: server.name,
  open: (options) => storeWorld(server, options),
  // SeaweedFS stores a backslash as a slash. MinIO and the strict server hold all of them.
  cannotHold: (path) => server.kind === "seaweedfs" && path.includes("\\"),
};

const fixtures = [memory, given];
if (strict !== undefined)
  fixtures.push({ name: strict.name, open: (options) => storeWorld(strict, options) });
for (const fixture of fixtures) {
  describeObjectStore(fixture);
  describeCopies(fixture);
}
