/** What only the process knows. */
export interface Surroundings {
  /** Absolute. */
  readonly stateFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly hostname: string;
  readonly tmpdir: string;
  /** Somebody is there to be asked. */
  readonly isTerminal: boolean;
  /** In ms since 1970. */
  readonly now: () => number;
}
