/** Every operation that the strict server knows, by the name that AWS gives it. */

import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
  putBucketVersioning,
} from "./buckets.ts";
import { listObjects, listObjectsV2, listObjectVersions } from "./list.ts";
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
  uploadPartCopy,
} from "./multipart.ts";
import { copyObject, deleteObject, deleteObjects, putObject } from "./objects.ts";
import { getObject, headObject } from "./read-object.ts";
import type { Call, Reply } from "./reply.ts";
import type { Operation } from "./s3-request.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./tagging.ts";

export const OPERATIONS: Readonly<Record<Operation, (call: Call) => Reply>> = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
  PutBucketVersioning: putBucketVersioning,
  ListObjectsV2: listObjectsV2,
  ListObjects: listObjects,
  ListObjectVersions: listObjectVersions,
  GetObject: getObject,
  HeadObject: headObject,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  GetObjectTagging: getObjectTagging,
  PutObjectTagging: putObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  ListParts: listParts,
  ListMultipartUploads: listMultipartUploads,
};
