/** The envelope of a map that has none: content is stored as it is. */

import type { Envelope } from "../../src/ports/envelope.ts";

export const NO_ENVELOPE: Envelope = {
  encoding: "",
  encode: (plain) => plain,
  canDecode: () => true,
  decode: (stored) => stored,
};
