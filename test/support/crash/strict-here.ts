/** The strict server in this process, with its store in hand: looked into without a request, and copied. */

import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { TEST_ACCOUNT } from "../servers/server-kind.ts";
import { isControl } from "../strict-server/control.ts";
import { strictServer } from "../strict-server/server.ts";
import { Bucket, Store } from "../strict-server/store.ts";

export interface StrictHere extends AsyncDisposable {
  readonly endpoint: string;
  readonly store: Store;
  /** Resolves when no run is connected: whatever clients had sent as they died has had its effect. */
  quiet(): Promise<void>;
}

export async function strictHere(): Promise<StrictHere> {
  const store = new Store();
  const server = createServer(strictServer(TEST_ACCOUNT, store));
  server.keepAliveTimeout = 600_000;
  server.requestTimeout = 0;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (message) => {
    if (isControl(message)) sockets.delete(message.socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    store,
    async quiet() {
      // Connections are taken in the order in which they were asked for: behind this one there is none of the dead.
      const last = connect((server.address() as AddressInfo).port, "127.0.0.1");
      await once(last, "connect");
      const taken = (): boolean => [...sockets].some(({ remotePort }) => remotePort === last.localPort);
      while (!taken()) await once(server, "connection");
      last.destroy();
      await Promise.all([...sockets].map((socket) => new Promise((closed) => socket.once("close", closed))));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Objects and uploads of one that keeps no versions. */
export function copyOf(bucket: Bucket): Bucket {
  const copy = new Bucket();
  for (const { key, object, born } of bucket.allVersions()) copy.add(key, object, born);
  for (const [id, upload] of bucket.uploads)
    copy.uploads.set(id, { ...upload, parts: new Map(upload.parts) });
  return copy;
}
