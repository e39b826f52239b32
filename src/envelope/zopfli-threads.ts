/** The threads on which Zopfli works, so that the rest of the run goes on meanwhile. */

import { once } from "node:events";
import { availableParallelism } from "node:os";
import { getAsset, isSea } from "node:sea";
import { Worker } from "node:worker_threads";
import { Turns } from "./turns.ts";
import type { ZopfliJob } from "./zopfli-worker.ts";

/** Each holds ten times its content, and 50 MB. */
const MAX_THREADS = 4;

export class ZopfliThreads {
  readonly #turns = new Turns(Math.max(1, Math.min(MAX_THREADS, availableParallelism() - 1)));
  readonly #idle: Worker[] = [];

  /** @param bytes at most a few MiB: all of them, and what they become, are held in memory */
  gzip(bytes: Uint8Array, passes: number): Promise<Uint8Array> {
    return this.#turns.take(async () => {
      const worker = this.#idle.pop() ?? (await newWorker());
      const made = await answerTo({ bytes, passes }, worker);
      this.#idle.push(worker);
      return made;
    });
  }
}

async function newWorker(): Promise<Worker> {
  const { ADDRESS, ROLE } = await import("./zopfli-worker.ts");
  const options = { workerData: ROLE, env: {} };
  if (isSea()) return new Worker(getAsset("zopfli-worker", "utf8"), { ...options, eval: true });
  return new Worker(ADDRESS, options);
}

/** While it works the program lives; idle, it holds nobody up. */
async function answerTo(job: ZopfliJob, worker: Worker): Promise<Uint8Array> {
  const listening = new AbortController();
  const { signal } = listening;
  worker.ref();
  try {
    const ended = once(worker, "exit", { signal }).then(() => {
      throw new Error("the thread of Zopfli ended");
    });
    const answered = once(worker, "message", { signal }); // rejects with the error of a thread that breaks
    worker.postMessage(job, []);
    const [made] = (await Promise.race([answered, ended])) as [Uint8Array];
    return made;
  } finally {
    listening.abort();
    worker.unref();
  }
}
