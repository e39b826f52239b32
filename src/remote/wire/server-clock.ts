/** What the server's clock says, as every answer tells it. */

/** What differs by less is taken by servers as it is. */
const TOLERANCE_MS = 300_000;

export class ServerClock {
  readonly #now: () => number;
  #aheadMs: number | undefined;
  #correctionMs = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Of any answer. */
  heard({ date = "" }: Readonly<Record<string, string>>): void {
    const serverMs = Date.parse(date);
    if (!Number.isNaN(serverMs)) this.#aheadMs = this.#now() - serverMs;
  }

  /** How far `now` was ahead of the server's clock at its last answer, in ms; undefined: it has not said. */
  get aheadMs(): number | undefined {
    return this.#aheadMs;
  }

  /** What requests are signed with now: added to our time, in ms. */
  get correctionMs(): number {
    return this.#correctionMs;
  }

  /** When a request is signed, as the server tells the time if that is another one. */
  signingDate(correctionMs: number): Date {
    return new Date(this.#now() + correctionMs);
  }

  /**
   * Goes by the server's clock from now on, if it is another one.
   * @param signedWith the correction of a request that was refused
   * @returns whether it would be signed with another one now: of requests under way, each finds that out
   */
  correct(signedWith: number): boolean {
    const correctionMs = -(this.#aheadMs ?? 0);
    if (Math.abs(correctionMs - this.#correctionMs) >= TOLERANCE_MS) this.#correctionMs = correctionMs;
    return this.#correctionMs !== signedWith;
  }
}
