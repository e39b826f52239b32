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

  /** When a request is signed, as the server tells the time if that is another one. */
  get signingDate(): Date {
    return new Date(this.#now() + this.#correctionMs);
  }

  /** Goes by the server's clock from now on, if it is another one. @returns whether that is new */
  correct(): boolean {
    const correctionMs = -(this.#aheadMs ?? 0);
    if (Math.abs(correctionMs - this.#correctionMs) < TOLERANCE_MS) return false;
    this.#correctionMs = correctionMs;
    return true;
  }
}
