/** Whether an ETag has the form of the MD5 of a content put in one request. That it is one, only equality proves. */
export function isMd5Form(etag: string): boolean {
  return /^[0-9a-f]{32}$/.test(etag);
}

/** The ETags that S3 gives to one content. */
export interface ContentEtags {
  /** Put in one request: the MD5, lower-case hex. */
  readonly single: string;
  /** Put in parts of the size that it was asked for: MD5 of the MD5s, "-", count. */
  readonly multipart: string;
}

/** What is known of one content. */
export interface Content extends ContentEtags {
  /** Lower-case hex; where envelopes may tell it. */
  readonly sha256?: string;
}
