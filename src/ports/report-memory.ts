/** The last report of trouble that somebody was told, kept from run to run. */

export interface ToldReport {
  /** Of its text and the exit code. */
  readonly digest: string;
  /** In ms since 1970. */
  readonly toldMs: number;
}

/** Only a comfort: where it cannot be kept, the same report is told once more, and nothing fails. */
export interface ReportMemory {
  last(): ToldReport | undefined;
  keep(report: ToldReport): void;
  /** All is well again. Changes nothing where nothing is kept. */
  clear(): void;
}
