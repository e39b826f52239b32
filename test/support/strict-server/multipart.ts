/** Uploads in parts. */

import { randomBytes } from "node:crypto";

import { ALGORITHMS, checksumHeader, checksumOf, md5, type Checksum } from "./checksums.ts";
import { checkWrite, sameEtag } from "./conditions.ts";
import { aboutOf, etagOf } from "./make-object.ts";
import { checksumHeaders, sourceOf, versionHeaders } from "./objects.ts";
import { empty, xmlReply, type Call, type Reply } from "./reply.ts";
import { S3Error } from "./s3-error.ts";
import { headerOf, type S3Request } from "./s3-request.ts";
import { serverTime, type Bucket, type Part, type Upload } from "./store.ts";
import { element, elements, textOf } from "./xml.ts";

const PART_BYTES_MIN = 5 * 1024 ** 2;
const PART_NUMBER_MAX = 10_000;

export function createMultipartUpload({ request, bucket, store }: Call): Reply {
  const id = randomBytes(16).toString("hex");
  const upload = { id, key: request.key, initiated: serverTime(), born: store.birth(), parts: new Map() };
  bucket().uploads.set(id, { ...upload, ...aboutOf(request) });
  const result = element("Bucket", request.bucket) + element("Key", request.key) + element("UploadId", id);
  return xmlReply(element("InitiateMultipartUploadResult", { xml: result }));
}

export function uploadPart({ request, body, bucket, modes }: Call): Reply {
  const upload = uploadOf(request, bucket());
  const part = { bytes: body.bytes, etag: etagOf(body.bytes, upload, modes), checksum: body.checksum };
  upload.parts.set(partNumberOf(request), part);
  return empty(200, { etag: `"${part.etag}"`, ...checksumHeaders(part.checksum) });
}

export function uploadPartCopy({ request, bucket, store, modes }: Call): Reply {
  const upload = uploadOf(request, bucket());
  const { source } = sourceOf(request, store, modes);
  const { from, to } = copiedRange(request, source.bytes.length);
  const bytes = source.bytes.subarray(from, to);
  const etag = etagOf(bytes, upload, modes);
  upload.parts.set(partNumberOf(request), { bytes, etag, checksum: undefined });
  const result = element("LastModified", serverTime().toISOString()) + element("ETag", `"${etag}"`);
  return xmlReply(element("CopyPartResult", { xml: result }));
}

function copiedRange(request: S3Request, size: number): { readonly from: number; readonly to: number } {
  const asked = headerOf(request, "x-amz-copy-source-range");
  if (asked === undefined) return { from: 0, to: size };
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(asked) ?? [];
  const [from, to] = [Number(first), Number(last) + 1];
  if (!(from < to && to <= size)) throw new S3Error(400, "InvalidArgument");
  if (size <= PART_BYTES_MIN) throw new S3Error(400, "InvalidRequest");
  return { from, to };
}

/** The conditions are judged here; the time stays that of the beginning. A second time there is no such upload. */
export function completeMultipartUpload({ request, body, bucket, modes }: Call): Reply {
  const target = bucket();
  const upload = uploadOf(request, target);
  const parts = listedParts(body.bytes.toString("latin1"), upload);
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  const checksum = checkedWhole(request, bytes);
  checkWrite(request, target.current(request.key), modes.putConditions);

  const digests = parts.map((part) =>
    /^[0-9a-f]{32}$/.test(part.etag) ? Buffer.from(part.etag, "hex") : md5(part.bytes),
  );
  const etag =
    modes.etags === "text"
      ? etagOf(bytes, upload, modes)
      : `${md5(Buffer.concat(digests)).toString("hex")}-${parts.length}`;
  const { headers, storageClass, tags, initiated: lastModified } = upload;
  const sizes = parts.map((part) => part.bytes.length);
  const object = { bytes, etag, lastModified, headers, storageClass, tags, checksum, parts: sizes };
  const version = target.add(request.key, object, upload.born);
  target.uploads.delete(upload.id);
  const result = [
    element("Bucket", request.bucket),
    element("Key", request.key),
    element("ETag", `"${etag}"`),
  ];
  return xmlReply(
    element("CompleteMultipartUploadResult", { xml: result.join("") }),
    versionHeaders(target, version),
  );
}

export function abortMultipartUpload({ request, bucket }: Call): Reply {
  const target = bucket();
  target.uploads.delete(uploadOf(request, target).id);
  return empty(204);
}

export function listParts({ request, bucket }: Call): Reply {
  const upload = uploadOf(request, bucket());
  const parts = [...upload.parts]
    .toSorted(([a], [b]) => a - b)
    .map(([number, part]) => {
      const about = [
        element("PartNumber", number),
        element("ETag", `"${part.etag}"`),
        element("Size", part.bytes.length),
      ];
      return element("Part", { xml: about.join("") });
    });
  const head = element("Key", request.key) + element("UploadId", upload.id) + element("IsTruncated", false);
  return xmlReply(element("ListPartsResult", { xml: head + parts.join("") }));
}

export function listMultipartUploads({ request, bucket }: Call): Reply {
  const prefix = request.query.get("prefix") ?? "";
  const uploads = [...bucket().uploads.values()]
    .filter((upload) => upload.key.startsWith(prefix))
    .map((upload) => {
      const about = [element("Key", upload.key), element("UploadId", upload.id)];
      return element("Upload", {
        xml: about.join("") + element("Initiated", upload.initiated.toISOString()),
      });
    });
  const head = element("Bucket", request.bucket) + element("IsTruncated", false);
  return xmlReply(element("ListMultipartUploadsResult", { xml: head + uploads.join("") }));
}

function uploadOf(request: S3Request, bucket: Bucket): Upload {
  const upload = bucket.uploads.get(request.query.get("uploadId") ?? "");
  if (upload === undefined || upload.key !== request.key) throw new S3Error(404, "NoSuchUpload");
  return upload;
}

function partNumberOf(request: S3Request): number {
  const number = Number(request.query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > PART_NUMBER_MAX)
    throw new S3Error(400, "InvalidArgument");
  return number;
}

/** @throws {S3Error} not the parts that were uploaded, not ascending, or too small */
function listedParts(text: string, upload: Upload): readonly Part[] {
  const listed = elements("Part", text);
  if (!text.includes("</CompleteMultipartUpload>") || listed.length === 0)
    throw new S3Error(400, "MalformedXML");
  let previous = 0;
  return listed.map((one, index) => {
    const number = Number(textOf("PartNumber", one));
    if (!(number > previous)) throw new S3Error(400, "InvalidPartOrder");
    previous = number;
    const part = upload.parts.get(number);
    if (part === undefined || !sameEtag(textOf("ETag", one) ?? "", part.etag))
      throw new S3Error(400, "InvalidPart");
    for (const algorithm of ALGORITHMS) {
      const given = textOf(`Checksum${algorithm}`, one);
      if (given !== undefined && given !== checksumOf(algorithm, part.bytes))
        throw new S3Error(400, "InvalidPart");
    }
    if (index < listed.length - 1 && part.bytes.length < PART_BYTES_MIN)
      throw new S3Error(400, "EntityTooSmall");
    return part;
  });
}

/** Size and full-object checksum, where they are given. */
function checkedWhole(request: S3Request, bytes: Buffer): Checksum | undefined {
  const size = headerOf(request, "x-amz-mp-object-size");
  if (size !== undefined && Number(size) !== bytes.length) throw new S3Error(400, "InvalidRequest");
  if (headerOf(request, "x-amz-checksum-type") !== "FULL_OBJECT") return undefined;
  const algorithm = ALGORITHMS.find((one) => headerOf(request, checksumHeader(one)) !== undefined);
  if (algorithm === undefined) return undefined;
  const value = checksumOf(algorithm, bytes);
  if (value !== headerOf(request, checksumHeader(algorithm))) throw new S3Error(400, "BadDigest");
  return { algorithm, value, type: "FULL_OBJECT" };
}
