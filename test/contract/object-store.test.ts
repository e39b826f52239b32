/** The object store's contract in memory, on a real server, and on the strict one. */

import { after } from "node:test";
import { MemoryObjectStore } from "../support/memory-object-store.ts";
import { sharedServer, startServer } from "../support/s3-server.ts";
import { storeWorld } from "../support/store-world.ts";
import { describeObjectStore, type ObjectStoreWorld } from "./object-store.contract.ts";

describeObjectStore({
  name: "memory",
  async open(): Promise<ObjectStoreWorld> {
    const store = new MemoryObjectStore({ pageSize: 5_000 });
    return {
      store,
      another: store,
      put: async (path, content) => store.put(path, content),
      bytes: async (path) => store.bytes(path),
      erase: async (path) => store.erase(path),
      async [Symbol.asyncDispose]() {
        // nothing is held
      },
    };
  },
});

const server = await sharedServer();
const strict = server.kind === "strict" ? undefined : await startServer("strict");
after(async () => {
  await server.stop();
  await strict?.stop();
});

describeObjectStore({
  name: server.name,
  open: () => storeWorld(server),
  // SeaweedFS stores a backslash as a slash. MinIO and the strict server hold all of them.
  cannotHold: (path) => server.kind === "seaweedfs" && path.includes("\\"),
});

if (strict !== undefined) describeObjectStore({ name: strict.name, open: () => storeWorld(strict) });
