/** s3-bsync where its first run is not made by itself: a state that is written for it, or nothing to sync. */

import { again, type Contender, initOf, s3bsync } from "./contenders.ts";
import { writeState } from "./written-state.ts";

/** Its tree holds the empty files of a shape, all of which are in the listing. */
export const onWrittenState: Contender = {
  ...again,
  async sitDown({ tree, home, bucket, prefix, shape }, run) {
    const options = { gzip: 0, recursive: true, gpg: false, email: "", options: {} };
    writeState(`${home}/.state.s3sync`, { root: tree, bucket, prefix, ...options }, shape.files);
    await run(s3bsync("--accept-identity"));
  },
};

export const emptySync: Contender = {
  ...again,
  name: "s3-bsync, nothing to sync",
  async sitDown(seat, run) {
    await run(initOf(seat));
    await run(s3bsync());
  },
};
