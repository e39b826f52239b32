/** OpenPGP encryption, in streams: what every `gpg --decrypt` since 2.1 reads. */

import { randomBytes } from "node:crypto";
import type { PublicKey } from "openpgp";
import { BsyncError } from "../model/errors.ts";
import { joined } from "./joined.ts";

/** The cost of a packet is paid once for so many bytes. */
const PACKET_BYTES = 1024 * 1024;

export interface EncryptionKey {
  readonly key: PublicKey;
  /** As the user names it. */
  readonly name: string;
}

/**
 * One message of AES-256 with a modification detection code, not compressed, without a file name. Of a
 * session key of its own each: that of the library would, where a key asks for it, be of a form that gpg cannot read.
 * @throws {BsyncError} the key has expired meanwhile
 */
export async function* encrypted(
  plain: AsyncIterable<Uint8Array>,
  { key, name }: EncryptionKey,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { createMessage, encrypt, enums } = await import("openpgp");
  const source = joined(plain, PACKET_BYTES);
  const message = await createMessage({ binary: ReadableStream.from<Uint8Array>(source) });
  try {
    yield* await encrypt({
      message,
      encryptionKeys: key,
      sessionKey: { data: randomBytes(32), algorithm: "aes256" },
      format: "binary",
      config: { preferredCompressionAlgorithm: enums.compression.uncompressed },
    });
  } catch (error) {
    await usable(key, name);
    throw error;
  } finally {
    await source.return(); // a message that is given up does not close what it was made of
  }
}

/** @throws {BsyncError} this library does not encrypt to it, whatever gpg does */
export async function usable(key: PublicKey, name: string): Promise<void> {
  try {
    await key.getEncryptionKey();
  } catch (cause) {
    throw new BsyncError(`the GPG key of ${name} cannot be encrypted to: ${(cause as Error).message}`, {
      hint: "name another key with --gpg, such as one of a current kind from gpg --quick-gen-key",
      cause,
    });
  }
}
