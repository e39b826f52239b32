/** An output that keeps what is written to it. */

import type { Output } from "../../src/cli/context.ts";

export function collector(): Output & { text(): string } {
  let all = "";
  return {
    async write(text) {
      all += text;
    },
    text: () => all,
  };
}
