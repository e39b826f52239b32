/** Listings that are not true, as servers and proxies have been seen to send them. */

import type { ListingLie } from "./fault-rules.ts";
import type { Page } from "./list.ts";
import type { Reply } from "./reply.ts";

export function lieAbout(page: Page, lie: ListingLie | undefined): Page {
  const { keys } = page;
  const [first = "", second = ""] = keys;
  switch (lie) {
    case "no-keys":
      return { keys: [], prefixes: [], next: undefined };
    case "drop-keys":
      return { ...page, keys: keys.filter((_, index) => index % 2 === 0) };
    case "swap-keys":
      return { ...page, keys: keys.length < 2 ? keys : [second, first, ...keys.slice(2)] };
    case "repeat-key":
      return { ...page, keys: [first, ...keys] };
    case "foreign-key":
      return { ...page, keys: [...keys, "\x7fsomewhere/else"] };
    case "no-token":
    case "same-token":
      return { ...page, next: page.next ?? { after: keys.at(-1) ?? "", below: false } };
    default:
      return page;
  }
}

export function lieInText(reply: Reply, lie: ListingLie): Reply {
  switch (lie) {
    case "empty-body":
      return { ...reply, body: Buffer.alloc(0) };
    case "html-body":
      return {
        ...reply,
        headers: { "content-type": "text/html" },
        body: Buffer.from("<html><body><h1>Sign in to this network</h1></body></html>"),
      };
    case "cut-xml":
      return { ...reply, body: reply.body.subarray(0, reply.body.length >> 1) };
    default:
      return reply;
  }
}
