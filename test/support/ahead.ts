/** Work that is done before the first test of a file: from then on node:test follows every promise, at half the price of the work itself. */

/** @returns a test that ends as the work did */
export async function ahead(work: () => Promise<void>): Promise<() => Promise<void>> {
  const [end] = await Promise.allSettled([work()]);
  return async () => {
    if (end.status === "rejected") throw end.reason;
  };
}
