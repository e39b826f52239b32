/** What only the process knows. */
export interface Surroundings {
  /** Absolute. */
  readonly stateFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly hostname: string;
  readonly tmpdir: string;
  readonly uid: number;
  /** As Node names it, such as `linux`. */
  readonly platform: string;
  /** By which this program is started again: absolute paths. */
  readonly program: readonly string[];
  /** Somebody is there to be asked. */
  readonly isTerminal: boolean;
  /** In ms since 1970. */
  readonly now: () => number;
}
