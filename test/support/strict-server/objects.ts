/** PutObject, CopyObject, DeleteObject, DeleteObjects. */

import { isUtf8, percentDecoded } from "./byte-text.ts";
import { checkDelete, checkSource, checkWrite } from "./conditions.ts";
import { checksumHeader, type Checksum } from "./checksums.ts";
import type { Modes } from "./fault-rules.ts";
import { aboutOf, copiedAbout, makeObject } from "./make-object.ts";
import { empty, xmlReply, type Call, type Reply } from "./reply.ts";
import { readQuery, headerOf, type S3Request } from "./s3-request.ts";
import { S3Error } from "./s3-error.ts";
import type { Bucket, Store, StoredObject, Version } from "./store.ts";
import { element, elements, textOf } from "./xml.ts";

const DELETE_MAX = 1000;

export function putObject({ request, body, bucket, store, modes }: Call): Reply {
  const target = bucket();
  const about = aboutOf(request);
  checkWrite(request, target.current(request.key), modes.putConditions);
  const object = makeObject(body.bytes, about, modes, body.checksum);
  const version = target.add(request.key, object, store.birth());
  return empty(200, {
    etag: `"${object.etag}"`,
    ...checksumHeaders(object.checksum),
    ...versionHeaders(target, version),
  });
}

export function copyObject({ request, bucket, store, modes }: Call): Reply {
  const target = bucket();
  const { source, sameKey } = sourceOf(request, store, modes);
  const replaced = headerOf(request, "x-amz-metadata-directive") === "REPLACE";
  const storageClass = headerOf(request, "x-amz-storage-class");
  if (sameKey && !replaced && storageClass === undefined) throw new S3Error(400, "InvalidRequest");

  checkWrite(request, target.current(request.key), modes.copyConditions);
  // Always one piece, so the ETag of an object in parts changes.
  const object = makeObject(
    source.bytes,
    copiedAbout(request, source),
    modes,
    source.parts.length === 0 ? source.checksum : undefined,
  );
  const version = target.add(request.key, object, store.birth());
  const result = [
    element("LastModified", object.lastModified.toISOString()),
    element("ETag", `"${object.etag}"`),
  ];
  return xmlReply(element("CopyObjectResult", { xml: result.join("") }), versionHeaders(target, version));
}

/** The object that x-amz-copy-source names. @throws {S3Error} */
export function sourceOf(
  request: S3Request,
  store: Store,
  { sourceConditions }: Pick<Modes, "sourceConditions">,
): { readonly source: StoredObject; readonly sameKey: boolean } {
  const [path = "", search = ""] = (headerOf(request, "x-amz-copy-source") ?? "").split("?");
  const text = percentDecoded(path.replace(/^\//, ""));
  if (text === undefined || !isUtf8(text)) throw new S3Error(400, "InvalidArgument");
  const slash = text.indexOf("/");
  const [bucketName, key] = [text.slice(0, slash), text.slice(slash + 1)];
  const from = store.bucket(bucketName);
  const versionId = readQuery(search).get("versionId");
  const source = versionId === undefined ? from.current(key) : from.version(key, versionId)?.object;
  if (source === undefined) throw new S3Error(404, "NoSuchKey");
  checkReadable(source);
  checkSource(request, source, sourceConditions);
  return { source, sameKey: bucketName === request.bucket && key === request.key };
}

/** @throws {S3Error} it is archived */
export function checkReadable(object: StoredObject): void {
  if (["GLACIER", "DEEP_ARCHIVE"].includes(object.storageClass)) {
    throw new S3Error(403, "InvalidObjectState", { StorageClass: object.storageClass });
  }
}

export function deleteObject({ request, bucket, store, modes }: Call): Reply {
  const target = bucket();
  const versionId = request.query.get("versionId");
  if (versionId !== undefined) {
    target.removeVersion(request.key, versionId);
    return empty(204, { "x-amz-version-id": versionId });
  }
  checkDelete(headerOf(request, "if-match"), target.latest(request.key), modes.deleteConditions);
  const marker = target.remove(request.key, store.birth());
  if (marker === undefined) return empty(204);
  return empty(204, { "x-amz-delete-marker": "true", "x-amz-version-id": marker.versionId });
}

export function deleteObjects({ request, body, bucket, store, modes }: Call): Reply {
  const target = bucket();
  if (body.checksum === undefined && headerOf(request, "content-md5") === undefined) {
    throw new S3Error(400, "InvalidRequest");
  }
  const text = body.bytes.toString("latin1");
  const asked = elements("Object", text);
  if (!text.includes("</Delete>") || asked.length === 0 || asked.length > DELETE_MAX) {
    throw new S3Error(400, "MalformedXML");
  }
  const results = asked.map((one) => {
    const key = textOf("Key", one) ?? "";
    try {
      checkDelete(textOf("ETag", one), target.latest(key), modes.deleteConditions);
      const versionId = textOf("VersionId", one);
      if (versionId === undefined) target.remove(key, store.birth());
      else target.removeVersion(key, versionId);
      return element("Deleted", { xml: element("Key", key) });
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      return element("Error", { xml: element("Key", key) + element("Code", error.code) });
    }
  });
  return xmlReply(element("DeleteResult", { xml: results.join("") }));
}

export function versionHeaders(bucket: Bucket, version: Version): Readonly<Record<string, string>> {
  return bucket.versioning === "Off" ? {} : { "x-amz-version-id": version.versionId };
}

export function checksumHeaders(checksum: Checksum | undefined): Readonly<Record<string, string>> {
  if (checksum === undefined) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}
