/** What a user may still expect to find: every version, but for those that a user has replaced or deleted. */

import type { Place } from "./edit.ts";

/** No second sync: it knows what was done to versions, and nothing of what a run should do. */
export class Ghost {
  readonly #made: string[] = [];
  /** Where a user has replaced or deleted it. */
  readonly #ended = new Map<string, Set<Place>>();
  /** It has been under several names: ended under one, it may live on under another. */
  readonly #spread = new Set<string>();

  /** @returns a content that nobody has ever seen */
  make(prefix = ""): string {
    const version = `${prefix}v${String(this.#made.length + 1).padStart(3, "0")}`;
    this.#made.push(version);
    return version;
  }

  end(version: string | undefined, place: Place): void {
    if (version === undefined) return;
    const places = this.#ended.get(version);
    if (places === undefined) this.#ended.set(version, new Set([place]));
    else places.add(place);
  }

  /**
   * It lies in that place again. Where a user has ended it in another place too, a file that comes back as it was
   * recorded is no edit, and that other user is obeyed.
   */
  revive(version: string, place: Place): void {
    const places = this.#ended.get(version);
    if (places?.size === 1 && places.has(place)) this.#ended.delete(version);
  }

  spread(version: string): void {
    this.#spread.add(version);
  }

  /** Whether it must not be found at any place, once all runs have ended. */
  isGone(version: string): boolean {
    return this.#ended.has(version) && !this.#spread.has(version);
  }

  /** @returns versions that must be somewhere and are not */
  missing(alive: ReadonlySet<string>): readonly string[] {
    return this.#made.filter((version) => !alive.has(version) && !this.#ended.has(version));
  }
}
