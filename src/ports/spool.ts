/** A sequence too long for memory: written once, then read any number of times, in order. Leaves nothing behind. */
export interface Spool<T> extends Iterable<T> {
  readonly length: number;
  /** `item` is plain data: it comes back as JSON makes it. */
  add(item: T): void;
  close(): void;
}

export type NewSpool = <T>() => Spool<T>;
