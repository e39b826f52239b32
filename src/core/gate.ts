/** Bounds what is under way at one time: first come, first served. */

export interface Gate {
  /** @returns what gives the amount back; further calls of it do nothing */
  take(amount: number): Promise<() => void>;
}

/** `limit` may change between calls. An amount above it passes when nothing else is held. */
export function gate(limit: () => number): Gate {
  const waiting: { readonly amount: number; readonly enter: () => void }[] = [];
  let held = 0;
  const fits = (amount: number): boolean => held === 0 || held + amount <= limit();
  const admit = (): void => {
    for (let next = waiting[0]; next !== undefined && fits(next.amount); next = waiting[0]) {
      waiting.shift();
      held += next.amount;
      next.enter();
    }
  };
  const giveBack = (amount: number): (() => void) => {
    let gone = false;
    return () => {
      if (gone) return;
      gone = true;
      held -= amount;
      admit();
    };
  };
  return {
    take: async (amount) => {
      if (waiting.length === 0 && fits(amount)) held += amount;
      else await new Promise<void>((enter) => waiting.push({ amount, enter: () => enter() }));
      return giveBack(amount);
    },
  };
}
