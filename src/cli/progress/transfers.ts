/** What a display shows of a run: where it stands, what is under way, and how fast it goes. */

import { isMoved } from "../../core/totals.ts";
import type { Action, Verb } from "../../model/action.ts";
import type { DirectoryMap } from "../../model/map.ts";
import type { ObjectKey } from "../../model/object-key.ts";
import type { Totals, Way } from "../../model/totals.ts";
import type { Moved, Watcher } from "../../ports/watcher.ts";
import { sizeOf } from "../render/action-text.ts";

/** The rate is that of the last so many ms. */
const WINDOW_MS = 10_000;
/** A shorter time tells nothing of a rate. */
const LEAST_MS = 500;

export interface Transfer {
  readonly key: ObjectKey;
  readonly way: Way;
  /** Bytes that have gone, at most `size`. */
  readonly moved: number;
  readonly size: number;
}

export interface Standing {
  readonly map: DirectoryMap;
  /** Since this map began, in ms. */
  readonly elapsedMs: number;
  /** Undefined: the plan is not complete yet. */
  readonly files: { readonly done: number; readonly all: number } | undefined;
  readonly bytes: { readonly done: number; readonly all: number };
  /** Undefined: not known yet. */
  readonly bytesPerSecond: number | undefined;
  /** The oldest first. */
  readonly transfers: readonly Transfer[];
}

const WAYS: Readonly<Partial<Record<Verb, Way>>> = { upload: "up", download: "down" };

/** Holds what is under way, and nothing of what is done. */
export class Transfers implements Watcher {
  readonly #now: () => number;
  readonly #active = new Map<ObjectKey, { -readonly [K in keyof Transfer]: Transfer[K] }>();
  #map: DirectoryMap | undefined;
  #beganMs = 0;
  #files: { done: number; readonly all: number } | undefined;
  #bytes = { done: 0, all: 0 };
  #samples: (readonly [ms: number, bytes: number])[] = [];

  /** @param now in ms; only differences count */
  constructor(now: () => number) {
    this.#now = now;
  }

  comparing(map: DirectoryMap): void {
    this.#map = map;
    this.#beganMs = this.#now();
    this.#files = undefined;
    this.#bytes = { done: 0, all: 0 };
    this.#samples = [];
    this.#active.clear();
  }

  planned(_map: DirectoryMap, { actions, bytesUp, bytesDown }: Totals): void {
    const { adopt: _, forget: __, leave: ___, ...changes } = actions;
    this.#files = { done: 0, all: Object.values(changes).reduce((sum, count) => sum + count, 0) };
    this.#bytes = { done: 0, all: bytesUp + bytesDown };
  }

  began(action: Action): void {
    const way = WAYS[action.verb];
    const { key } = action;
    if (way !== undefined) this.#active.set(key, { key, way, moved: 0, size: sizeOf(action) ?? 0 });
  }

  /** Handed about by itself. */
  readonly moved: Moved = (_way, key, bytes) => {
    const transfer = this.#active.get(key);
    if (transfer !== undefined) transfer.moved = Math.min(transfer.size, transfer.moved + bytes);
  };

  ended(action: Action): void {
    const { verb } = action;
    this.#active.delete(action.key);
    if (verb === "adopt" || verb === "forget" || verb === "leave" || isMoved(action)) return;
    if (this.#files !== undefined) this.#files.done++;
    if (WAYS[verb] !== undefined || verb === "set-beside") this.#bytes.done += sizeOf(action) ?? 0;
  }

  /** To be asked at regular intervals: the rate comes from the answers. @returns undefined: nothing has begun */
  standing(): Standing | undefined {
    if (this.#map === undefined) return undefined;
    const ms = this.#now();
    const transfers = [...this.#active.values()];
    const done = transfers.reduce((sum, { moved }) => sum + moved, this.#bytes.done);
    return {
      map: this.#map,
      elapsedMs: ms - this.#beganMs,
      files: this.#files === undefined ? undefined : { ...this.#files },
      bytes: { done, all: this.#bytes.all },
      bytesPerSecond: this.#rate(ms, done),
      transfers,
    };
  }

  #rate(ms: number, done: number): number | undefined {
    if (this.#files === undefined) return undefined;
    this.#samples = [...this.#samples.filter(([at]) => ms - at <= WINDOW_MS), [ms, done]];
    const [fromMs, from] = this.#samples[0] ?? [ms, done];
    return ms - fromMs < LEAST_MS ? undefined : (Math.max(0, done - from) * 1000) / (ms - fromMs);
  }
}
