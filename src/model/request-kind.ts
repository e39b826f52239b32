/** Requests to S3, as they are counted and priced. */

export type RequestKind = "list" | "head" | "get" | "put" | "delete";
