/** Whether an ETag has the form of the MD5 of a content put in one request. That it is one, only equality proves. */
export function isMd5Form(etag: string): boolean {
  return /^[0-9a-f]{32}$/.test(etag);
}
