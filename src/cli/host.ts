/** What unattended runs need of the machine that they run on. */

export interface Host {
  /**
   * Runs a command line by `/bin/sh -c`; what it prints goes to stderr. It is ended after a minute.
   * @param given.input its standard input
   * @param given.env what is added to the environment
   * @returns how it failed; undefined: it ended with 0
   */
  shell(
    command: string,
    given: {
      readonly input: string;
      readonly env: Readonly<Record<string, string>>;
      readonly signal: AbortSignal;
    },
  ): Promise<string | undefined>;
}
