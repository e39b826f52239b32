/** Files that are compressed and encrypted on their way, by s3-bsync and by hand. */

import { mkdirSync } from "node:fs";
import { keyringOfAda, ADDRESS } from "../support/sealed.ts";
import { type Contender, initOf, OURS, s3bsync } from "./contenders.ts";
import type { Command } from "./measured.ts";
import { destinationOf } from "./seat.ts";
import { ENCRYPT } from "./by-hand.ts";

function withKey(command: Command): Command {
  return { ...command, env: { GNUPGHOME: keyringOfAda().path } };
}

export const sealed: Contender = {
  name: OURS,
  sitDown: (seat, run) => run(withKey(initOf(seat, "--gzip", "6", "--gpg", ADDRESS))),
  run: () => withKey(s3bsync()),
};

/** The sum of the parts: each file through gzip and gpg, then all of them by the program of the store's maker. */
export const byHand: Contender = {
  name: "gzip, gpg and aws s3 sync",
  peer: "aws",
  sitDown: async (seat) => void mkdirSync(`${seat.home}/sealed`),
  run: (seat) => {
    const out = `${seat.home}/sealed`;
    const each = `for f; do o="${out}/\${f#./}"; mkdir -p "\${o%/*}"; gzip -n6 <"$f" | ${ENCRYPT} >"$o"; done`;
    const script = `cd '${seat.tree}' && find . -type f -exec sh -c '${each}' sh {} +`;
    return withKey({
      program: "aws",
      words: ["s3", "sync", out, destinationOf(seat), "--only-show-errors"],
      before: script,
    });
  },
  leavesOut: "no size or digest beside the object; no state; one direction",
};
