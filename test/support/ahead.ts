/** Work that is done before the first test of a file: from then on node:test follows every promise, at half the price of the work itself. */

import type { TestContext } from "node:test";

/**
 * @param work is given what to say lines with, which come with the test
 * @returns a test that ends as the work did
 */
export async function ahead(
  work: (say: (line: string) => void) => Promise<void>,
): Promise<(test: TestContext) => Promise<void>> {
  const lines: string[] = [];
  const [end] = await Promise.allSettled([work((line) => lines.push(line))]);
  return async (test) => {
    for (const line of lines) test.diagnostic(line);
    if (end.status === "rejected") throw end.reason;
  };
}
