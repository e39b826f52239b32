/** Reads a manifest, which anybody may have written. */

import { type Encoding, ENCODINGS } from "../model/encoding.ts";
import { keyOfText, type ObjectKey } from "../model/object-key.ts";
import type { KeptVersion } from "../ports/backups.ts";
import { MANIFEST_VERSION } from "./manifest.ts";
import { damaged } from "./zip-end.ts";

export interface Manifest extends Omit<KeptVersion, "run" | "archive"> {
  /** Of the version itself, lower-case hex. */
  readonly sha256: string;
  /** How the content is stored. */
  readonly encoding: Encoding;
}

/** @throws {PathError} it is no manifest, or one of a newer version */
export function readManifest(text: string): Manifest {
  const json = parsed(text);
  const version = json["version"] ?? 1;
  if (version !== 1 && version !== MANIFEST_VERSION)
    throw damaged(`its manifest is of version ${JSON.stringify(version)}`);
  const map = record(json["map"]);
  const { side } = json;
  const encoding = ENCODINGS.find((each) => each === (json["encoding"] ?? ""));
  if (side !== "local" && side !== "remote") throw damaged("its manifest lacks the side");
  if (encoding === undefined) throw damaged("its manifest names an encoding that is none");
  return {
    map: {
      root: textOf(map, "root", /^\//),
      bucket: textOf(map, "bucket", /./),
      prefix: textOf(map, "prefix", /^/),
    },
    key: keyOf(json),
    side,
    reason: textOf(json, "reason", /^[a-z-]{1,40}$/),
    size: sizeOf(json["size"]),
    mtimeNs: BigInt(textOf(json, "mtimeNs", /^-?\d{1,40}$/)),
    mode: json["mode"] === undefined ? undefined : parseInt(textOf(json, "mode", /^0[0-7]{1,3}$/), 8),
    sha256: textOf(json, "sha256", /^[0-9a-f]{64}$/),
    encoding,
  };
}

type Json = Readonly<Record<string, unknown>>;

function parsed(text: string): Json {
  try {
    return record(JSON.parse(text));
  } catch {
    throw damaged("its manifest cannot be read");
  }
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function textOf(json: Json, name: string, form: RegExp): string {
  const value = json[name];
  if (typeof value !== "string" || !form.test(value)) throw damaged(`its manifest lacks ${name}`);
  return value;
}

function sizeOf(value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw damaged("its manifest lacks the size");
}

function keyOf(json: Json): ObjectKey {
  if (json["keyHex"] !== undefined) {
    return Buffer.from(textOf(json, "keyHex", /^(?:[0-9a-f]{2})+$/), "hex").toString("latin1") as ObjectKey;
  }
  try {
    return keyOfText(textOf(json, "path", /./s));
  } catch (cause) {
    throw cause instanceof URIError ? damaged("its manifest lacks path") : cause; // half a character
  }
}
