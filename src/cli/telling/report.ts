/** What one run says on stderr, held back until it is known whether somebody has been told it already. */

import { createHash } from "node:crypto";
import type { ExitCode } from "../../model/exit-code.ts";
import type { Output } from "../context.ts";

/** What is longer is counted, not held: memory does not grow with the paths that fail. */
const MAX_CHARS = 256 * 1024;

export class Report implements Output {
  readonly #hash = createHash("sha256");
  readonly #through: Output | undefined;
  #held = "";
  #linesLeftOut = 0;

  /** @param through where it goes at once as well */
  constructor(through?: Output) {
    this.#through = through;
  }

  async write(text: string): Promise<void> {
    this.#hash.update(text);
    if (this.#linesLeftOut === 0 && this.#held.length + text.length <= MAX_CHARS) this.#held += text;
    else this.#linesLeftOut += text.split("\n").length - 1;
    await this.#through?.write(text);
  }

  get text(): string {
    if (this.#linesLeftOut === 0) return this.#held;
    return `${this.#held}s3-bsync: and ${this.#linesLeftOut} more lines, which --report always tells\n`;
  }

  /** Of all of it, with the code that the run ends with. */
  digest(code: ExitCode): string {
    return this.#hash.copy().update(`\n${code}`).digest("hex");
  }
}
