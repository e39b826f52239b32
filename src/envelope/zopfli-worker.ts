/** What runs on a thread of Zopfli. Elsewhere this module only says where it lies, wherever the build has put it. */

import { isMainThread, parentPort, workerData } from "node:worker_threads";

export interface ZopfliJob {
  readonly bytes: Uint8Array;
  readonly passes: number;
}

export const ADDRESS = new URL(import.meta.url);
/** Tells its threads from those of others. */
export const ROLE = "zopfli";

if (!isMainThread && workerData === ROLE) {
  // Zopfli names it as it begins, for no purpose; in the built program nothing of that name is there.
  Object.assign(globalThis, { __dirname: "" });
  parentPort?.on("message", async ({ bytes, passes }: ZopfliJob) => {
    const { default: zopfli } = await import("@gfx/zopfli");
    parentPort?.postMessage(await zopfli.gzipAsync(bytes, { numiterations: passes }), []);
  });
}
