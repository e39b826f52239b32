/**
 * The strict server as a process. Writes `{"endpoint": URL}` and listens until it is ended, or until the
 * process that started it is gone.
 *
 *     main.ts [KEY-FILE CERTIFICATE-FILE]
 */

import { readFileSync } from "node:fs";
import { createServer as httpServer } from "node:http";
import { createServer as httpsServer } from "node:https";

import { TEST_ACCOUNT } from "../servers/server-kind.ts";
import { strictServer } from "./server.ts";

const [keyFile, certificateFile] = process.argv.slice(2);
const secure = keyFile !== undefined && certificateFile !== undefined;
const answer = strictServer(TEST_ACCOUNT);
const server = secure
  ? httpsServer({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, answer)
  : httpServer(answer);

// Longer than any test: the server never ends a connection that a client is about to use again.
server.keepAliveTimeout = 600_000;
server.requestTimeout = 0;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  console.log(JSON.stringify({ endpoint: `${secure ? "https" : "http"}://127.0.0.1:${port}` }));
});

const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit();
}, 1_000).unref();
