/** Tags of objects: in a header when they are made, by operations of their own later. */

import { percentDecoded } from "./byte-text.ts";
import { empty, xmlReply, type Call, type Reply } from "./reply.ts";
import { S3Error } from "./s3-error.ts";
import { headerOf, type S3Request } from "./s3-request.ts";
import type { Bucket, StoredObject } from "./store.ts";
import { element, elements, textOf } from "./xml.ts";

/** Name and value, as byte strings. */
export type Tags = readonly (readonly [string, string])[];

const TAGS_MAX = 10;

export function getObjectTagging({ request, bucket }: Call): Reply {
  const { tags } = taggedOf(request, bucket());
  const set = tags.map(([key, value]) =>
    element("Tag", { xml: element("Key", key) + element("Value", value) }),
  );
  return xmlReply(element("Tagging", { xml: element("TagSet", { xml: set.join("") }) }));
}

export function putObjectTagging({ request, body, bucket }: Call): Reply {
  const object = taggedOf(request, bucket());
  const text = body.bytes.toString("latin1");
  if (!text.includes("</Tagging>")) throw new S3Error(400, "MalformedXML");
  object.tags = checked(
    elements("Tag", text).map((tag) => [textOf("Key", tag) ?? "", textOf("Value", tag) ?? ""]),
  );
  return empty(200);
}

export function deleteObjectTagging({ request, bucket }: Call): Reply {
  taggedOf(request, bucket()).tags = [];
  return empty(204);
}

/** Of the header that comes with new content: a query string. @throws {S3Error} */
export function tagsIn(request: S3Request): Tags {
  const pairs = (headerOf(request, "x-amz-tagging") ?? "").split("&").filter((pair) => pair !== "");
  return checked(
    pairs.map((pair) => {
      const [key = "", value = ""] = pair.split("=").map((each) => percentDecoded(each.replaceAll("+", " ")));
      return [key, value];
    }),
  );
}

function checked(tags: Tags): Tags {
  const names = new Set(tags.map(([key]) => key));
  if (tags.length > TAGS_MAX || names.size < tags.length || names.has(""))
    throw new S3Error(400, "InvalidTag");
  return tags;
}

function taggedOf(request: S3Request, bucket: Bucket): StoredObject {
  const object = bucket.current(request.key);
  if (object === undefined) throw new S3Error(404, "NoSuchKey");
  return object;
}
