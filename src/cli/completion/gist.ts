/** What an option or a mode is for, in so few words that a list of them is read. */
export function gistOf(summary: string): string {
  return summary.split(/[;(]|[.:](?: |$)|, (?:and|but) /, 1)[0]?.trim() ?? "";
}
