/** Operations on buckets themselves. */

import { empty, xmlReply, type Call, type Reply } from "./reply.ts";
import { S3Error } from "./s3-error.ts";
import { Bucket } from "./store.ts";
import { element, textOf } from "./xml.ts";

export function createBucket({ request, store }: Call): Reply {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(request.bucket)) throw new S3Error(400, "InvalidBucketName");
  if (store.buckets.has(request.bucket)) throw new S3Error(409, "BucketAlreadyOwnedByYou");
  store.buckets.set(request.bucket, new Bucket());
  return empty(200, { location: `/${request.bucket}` });
}

export function headBucket({ bucket }: Call): Reply {
  bucket();
  return empty(200);
}

export function deleteBucket({ request, store, bucket }: Call): Reply {
  if (bucket().allVersions().length > 0) throw new S3Error(409, "BucketNotEmpty");
  store.buckets.delete(request.bucket);
  return empty(204);
}

export function listBuckets({ store }: Call): Reply {
  const buckets = [...store.buckets.keys()].map((name) => element("Bucket", { xml: element("Name", name) }));
  return xmlReply(element("ListAllMyBucketsResult", { xml: element("Buckets", { xml: buckets.join("") }) }));
}

export function getBucketLocation({ bucket }: Call): Reply {
  bucket();
  return xmlReply(element("LocationConstraint", ""));
}

export function getBucketVersioning({ bucket }: Call): Reply {
  const { versioning } = bucket();
  const status = versioning === "Off" ? "" : element("Status", versioning);
  return xmlReply(element("VersioningConfiguration", { xml: status }));
}

export function putBucketVersioning({ body, bucket }: Call): Reply {
  const status = textOf("Status", body.bytes.toString("latin1"));
  if (status !== "Enabled" && status !== "Suspended") throw new S3Error(400, "MalformedXML");
  bucket().versioning = status;
  return empty(200);
}
