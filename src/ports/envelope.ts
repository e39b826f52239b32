/** Turns content into the form in which it is stored, and back. */

import type { Encoding, Enveloped } from "../model/encoding.ts";
import { PathError } from "../model/errors.ts";

/** Of one map, for one run. All methods may be called side by side. */
export interface Envelope {
  /** What `encode` makes. */
  readonly encoding: Encoding;

  /**
   * Memory does not grow with the content. Encrypted, the same content is other bytes each time; compressed
   * only, the same bytes. Closes `plain` when it is done or given up.
   * @throws {BsyncError} the key of the map cannot be used any more; nothing in plain is given out
   * @throws what `plain` throws
   */
  encode(plain: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;

  /**
   * False: the secret key of this map is not on this machine, so an encrypted object is unknown to it. True
   * says that a try is worth its while: an object may be for another key, and a key may be locked.
   */
  canDecode(encoding: Encoding): boolean;

  /**
   * The plain content. Of encrypted content nothing comes before the whole message is proved to be as it
   * was written; of compressed content, as it is read. Until the end is reached nothing of it may be
   * taken for true: length and digest are compared there. Never gives more than `of.size` bytes. Closes
   * `stored` when it is done or given up.
   * @throws {Unreadable} before or instead of the end
   * @throws {PathError} it cannot be handled here for another reason, such as a full disk
   * @throws {BsyncError} gpg is not installed
   * @throws what `stored` throws
   */
  decode(stored: AsyncIterable<Uint8Array>, of: Enveloped): AsyncIterable<Uint8Array>;
}

export type UnreadableReason =
  /** It is for a key whose secret part is not on this machine. A damaged message may read like this too. */
  | "no-secret-key"
  /** The key is here, but nobody gives its passphrase, or the agent or the card does not answer. Another run may read it. */
  | "locked"
  /** It is not what was written: cut off, changed, longer or shorter than it says. */
  | "damaged";

/** The stored content cannot be turned back. */
export class Unreadable extends PathError {
  override readonly name = "Unreadable";
  readonly reason: UnreadableReason;

  constructor(reason: UnreadableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

export function damaged(how: string, cause?: unknown): Unreadable {
  return new Unreadable("damaged", `the stored content is damaged: ${how}`, { cause });
}
