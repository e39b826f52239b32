/**
 * A bucket of so many empty objects that no disk has to hold: it answers ListObjectsV2 in byte order, says 404 to
 * every HEAD and GET of an object, and refuses all else. Writes `{"endpoint": URL}`.
 *
 *     listing-server.ts PREFIX COUNT
 */

import { createServer, type ServerResponse } from "node:http";
import { pageOfListing } from "./listing-page.ts";
import { indexOf } from "./tree.ts";
import { untilParentEnds } from "./until-parent-ends.ts";

const PAGE = 1000;
const [prefix = "", words = ""] = process.argv.slice(2);
const count = Number(words);

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const isObject = pathname.split("/").slice(2).join("") !== "";
  if (request.method === "HEAD" && !isObject) return void response.writeHead(200).end();
  if (request.method === "GET" && !isObject && searchParams.has("list-type"))
    return list(searchParams, response);
  const isRead = request.method === "HEAD" || request.method === "GET";
  const code = isRead ? "NoSuchKey" : "AccessDenied";
  response.writeHead(isRead ? 404 : 403, { "Content-Type": "application/xml" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`);
});
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  console.log(JSON.stringify({ endpoint: `http://127.0.0.1:${port}` }));
});
untilParentEnds();

function list(asked: URLSearchParams, response: ServerResponse): void {
  const after = asked.get("continuation-token") ?? asked.get("start-after") ?? "";
  const from = after.startsWith(prefix) ? (indexOf(after.slice(prefix.length)) ?? -1) + 1 : 0;
  const most = Math.min(PAGE, Number(asked.get("max-keys") ?? PAGE));
  response.writeHead(200, { "Content-Type": "application/xml" });
  response.end(pageOfListing(prefix, { from, count, most, coded: asked.has("encoding-type") }));
}
