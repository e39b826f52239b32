/** What a line of a journal may say, read back with every field checked. */

import type { ContentEtags } from "../model/etag.ts";
import type { Intent, Version } from "../model/intent.ts";
import type { BaseRecord, LocalFile } from "../model/observation.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { BaseEdit } from "../model/outcome.ts";
import type { JournalEntry } from "../ports/journal.ts";
import { type Fields, Malformed, readFields } from "./fields.ts";

/**
 * @param prefixBytes of the map's prefix with its "/"
 * @returns undefined: the line says something else
 */
export function entryOf(value: unknown, prefixBytes: number): JournalEntry | undefined {
  return readFields(value, readEntry, prefixBytes);
}

function readEntry(fields: Fields): JournalEntry {
  if (fields.has("intent")) return { intent: fields.at("intent", readIntent) };
  const settled = fields.key("settled");
  return { settled, edit: fields.maybe("edit", (edit) => readEdit(settled, edit)) };
}

function readEdit(key: ObjectKey, edit: Fields): BaseEdit {
  const record = edit.maybe("record", (each): BaseRecord => ({
    key,
    size: each.count("size"),
    mtimeMs: each.count("mtimeMs"),
    etag: each.etag("etag"),
  }));
  return { key, record };
}

function readIntent(fields: Fields): Intent {
  const key = fields.key("key");
  const does = fields.text("does") as Intent["does"];
  switch (does) {
    case "put-object":
      return {
        does,
        key,
        size: fields.count("size"),
        mtimeMs: fields.number("mtimeMs"),
        etags: fields.maybe("etags", readEtags),
        sha256: fields.has("sha256") ? fields.text("sha256") : undefined,
        replaces: fields.maybe("replaces", readVersion),
        uploadId: readUploadId(fields),
      };
    case "copy-object":
      return {
        does,
        key,
        from: fields.at("from", (from) => ({ key: from.key("key"), ...readVersion(from) })),
        local: fields.at("local", readFile),
        uploadId: readUploadId(fields),
      };
    case "delete-object":
      return { does, key, object: fields.at("object", readVersion) };
    case "set-aside":
      return { does, key, name: fields.text("name") };
    case "place-file":
      return {
        does,
        key,
        file: fields.at("file", readFile),
        etag: fields.etag("etag"),
        replaces: fields.maybe("replaces", readFile),
      };
    case "delete-file":
      return { does, key, file: fields.at("file", readFile) };
    case "rename-file":
      return { does, key, file: fields.at("file", readFile), etag: fields.etag("etag") };
  }
  throw new Malformed(does satisfies never);
}

function readUploadId(fields: Fields): string | undefined {
  return fields.has("uploadId") ? fields.text("uploadId") : undefined;
}

function readEtags(fields: Fields): ContentEtags {
  return { single: fields.etag("single"), multipart: fields.etag("multipart") };
}

function readVersion(fields: Fields): Version {
  return { size: fields.count("size"), etag: fields.etag("etag"), modifiedS: fields.count("modifiedS") };
}

function readFile(fields: Fields): LocalFile {
  return {
    key: fields.key("key"),
    size: fields.count("size"),
    mtimeMs: fields.number("mtimeMs"),
    ctimeMs: fields.number("ctimeMs"),
    ino: fields.number("ino"),
  };
}
