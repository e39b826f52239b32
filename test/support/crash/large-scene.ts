/** A run that does nothing but upload one file in parts. */

import { bytesOf } from "../content.ts";
import type { Scene } from "./busy-scene.ts";

/** Above what travels in one request, and the last part is a short one. */
const LARGE = Buffer.from(bytesOf(17 * 1024 * 1024 + 5)).toString("latin1");
const FINAL = { keep: "kept as it is", large: LARGE };

export const LARGE_SCENE: Scene = {
  async prepare(world) {
    world.local.write("keep", FINAL.keep, 1);
    await world.sync();
    world.local.write("large", Buffer.from(LARGE, "latin1"), 5);
  },
  goOn: () => {},
  versions: { keep: [FINAL.keep], large: [LARGE] },
  final: FINAL,
  finalAfterGoingOn: FINAL,
  losers: {},
  kept: Object.values(FINAL),
};
