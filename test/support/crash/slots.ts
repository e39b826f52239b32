/** A few worlds at once, each of which does one thing after the other. */

import { BUSY_SCENE } from "./busy-scene.ts";
import { CrashWorld } from "./crash-world.ts";

/** As many as keep two cores busy: a run waits for the other side half of its time. */
const SLOTS = 3;

export class Slots implements AsyncDisposable {
  readonly #worlds: readonly CrashWorld[];

  private constructor(worlds: readonly CrashWorld[]) {
    this.#worlds = worlds;
  }

  /** Each remembers the moment before the run of the scene. @param main the built command */
  static async open(main: string, { prepare } = BUSY_SCENE): Promise<Slots> {
    const start = async (): Promise<CrashWorld> => {
      const world = await CrashWorld.start(main);
      await prepare(world);
      world.remember();
      return world;
    };
    return new Slots(await Promise.all(Array.from({ length: SLOTS }, start)));
  }

  /** For what is done once. */
  get first(): CrashWorld {
    return this.#worlds[0] as CrashWorld;
  }

  /** Each item once, in a world that is free and as it is remembered. After an error nothing new is begun. @throws the first error */
  async each<T>(items: Iterable<T>, work: (world: CrashWorld, item: T) => Promise<void>): Promise<void> {
    const queue = items[Symbol.iterator]();
    let failed = false;
    const worker = async (world: CrashWorld): Promise<void> => {
      for (let next = queue.next(); next.done !== true && !failed; next = queue.next()) {
        try {
          world.rewind();
          await work(world, next.value);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    };
    const ends = await Promise.allSettled(this.#worlds.map(worker));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#worlds.map((world) => world[Symbol.asyncDispose]()));
  }
}
