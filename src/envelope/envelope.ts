/** The envelope of a map: compressed, then encrypted; and back by what the object says of itself. */

import { encodingOf, isCompressed, isEncrypted, type Encoding, type Enveloped } from "../model/encoding.ts";
import { BsyncError, PathError } from "../model/errors.ts";
import type { DirectoryMap } from "../model/map.ts";
import type { Envelope } from "../ports/envelope.ts";
import { decrypter, type Decrypt, type DecryptTools } from "./decrypt.ts";
import { encrypted } from "./encrypt.ts";
import { gunzipped, gzipped } from "./gzip.ts";
import { findRecipient, type Recipient } from "./recipient.ts";
import { verified } from "./verified.ts";
import { zopflied } from "./zopfli.ts";

/** Of zlib; the levels above are those of Zopfli. */
const MAX_ZLIB_LEVEL = 9;

/**
 * Looks for the key of the map first, so that a key that cannot be used ends the map before anything is done.
 * @throws {BsyncError} there is no such key, or it cannot be used, or gpg is not installed
 */
export async function envelopeOf(
  map: Pick<DirectoryMap, "gzip" | "gpg" | "email">,
  tools: DecryptTools,
): Promise<Envelope> {
  const recipient = map.gpg ? await findRecipient(map.email, tools.env) : undefined;
  return new MapEnvelope(map, recipient, decrypter(tools));
}

class MapEnvelope implements Envelope {
  readonly encoding: Encoding;
  readonly #level: number;
  readonly #recipient: Recipient | undefined;
  readonly #decrypt: Decrypt;

  constructor(map: Pick<DirectoryMap, "gzip" | "gpg">, recipient: Recipient | undefined, decrypt: Decrypt) {
    this.encoding = encodingOf(map);
    this.#level = map.gzip;
    this.#recipient = recipient;
    this.#decrypt = decrypt;
  }

  encode(plain: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const compressed = isCompressed(this.encoding) ? this.#compressed(plain) : plain;
    return this.#recipient === undefined ? compressed : encrypted(compressed, this.#recipient);
  }

  canDecode(encoding: Encoding): boolean {
    return !isEncrypted(encoding) || this.#recipient === undefined || this.#recipient.canDecrypt;
  }

  decode(stored: AsyncIterable<Uint8Array>, of: Enveloped): AsyncIterable<Uint8Array> {
    const { encoding, size } = of;
    const inner = isCompressed(encoding) ? compressedMax(size) : size;
    const compressed = isEncrypted(encoding) ? this.#decrypted(stored, inner) : stored;
    return verified(isCompressed(encoding) ? gunzipped(compressed) : compressed, of);
  }

  /** A map that is not encrypted does not end for want of gpg, where one of its objects is. */
  #decrypted(stored: AsyncIterable<Uint8Array>, limit: number): AsyncIterable<Uint8Array> {
    const plain = this.#decrypt(stored, limit);
    return this.#recipient === undefined ? ofOnePath(plain) : plain;
  }

  #compressed(plain: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    return this.#level > MAX_ZLIB_LEVEL ? zopflied(plain, this.#level) : gzipped(plain, this.#level);
  }
}

/** No level makes so much of content that cannot be compressed. */
function compressedMax(size: number): number {
  return size + Math.ceil(size / 64) + 1024;
}

async function* ofOnePath(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } catch (error) {
    throw error instanceof BsyncError ? new PathError(error.message, { cause: error }) : error;
  }
}
