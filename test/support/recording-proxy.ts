/** Stands between the program and a real server, and writes down every request: an independent count of what was sent. */

import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Recorded {
  readonly method: string;
  /** Decoded key below the bucket; "" for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  status: number;
}

export interface RecordingProxy extends AsyncDisposable {
  readonly endpoint: string;
  readonly log: Recorded[];
  /** Runs before a request is handed on; a promise holds it back. */
  before: (request: Recorded) => Promise<void> | void;
  /** May answer in the server's place. @returns true: it has */
  instead: (request: Recorded, response: ServerResponse) => boolean;
  /** May hand the server's answer on in its own way: the server has acted. @returns true: it does */
  after: (request: Recorded, answer: IncomingMessage, response: ServerResponse) => boolean;
}

/** Headers go through as they are, the Host too: the signature covers it. */
export async function recordingProxy(target: string): Promise<RecordingProxy> {
  const { hostname, port } = new URL(target);
  const log: Recorded[] = [];
  const server = createServer((incoming, response) => void pass(incoming, response));
  const proxy: Pick<RecordingProxy, "before" | "instead" | "after"> = {
    before: () => {},
    instead: () => false,
    after: () => false,
  };

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? "/", target);
    const recorded: Recorded = {
      method: incoming.method ?? "",
      key: decodeURIComponent(url.pathname.split("/").slice(2).join("/")),
      query: url.searchParams,
      headers: incoming.headers,
      status: 0,
    };
    log.push(recorded);
    await proxy.before(recorded);
    if (proxy.instead(recorded, response)) {
      incoming.resume();
      recorded.status = response.statusCode;
      return;
    }
    const { method, url: path, headers } = incoming;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      recorded.status = answer.statusCode ?? 0;
      if (proxy.after(recorded, answer, response)) return;
      response.writeHead(recorded.status, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(proxy, { endpoint, log, [Symbol.asyncDispose]: stop });
}

/** What a request asks for, in the words of the S3 API. */
export function operationOf({ method, key, query, headers }: Recorded): string {
  if (key === "" && method === "GET") {
    if (query.has("location")) return "GetBucketLocation";
    return query.has("list-type") ? "ListObjectsV2" : "ListObjects";
  }
  if (key === "" && method === "PUT") return "CreateBucket";
  if (key === "" && method === "POST") return "DeleteObjects";
  if (method === "PUT" && query.has("partNumber")) return "UploadPart";
  if (method === "PUT") return headers["x-amz-copy-source"] === undefined ? "PutObject" : "CopyObject";
  if (method === "POST") return query.has("uploads") ? "CreateMultipartUpload" : "CompleteMultipartUpload";
  if (method === "DELETE") return query.has("uploadId") ? "AbortMultipartUpload" : "DeleteObject";
  if (method === "HEAD") return key === "" ? "HeadBucket" : "HeadObject";
  return "GetObject";
}
