/** Numbers as people read them. */

const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `1 file`, `2 files`. */
export function countText(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}

/** `999 B`, `1.5 KiB`. */
export function bytesText(bytes: number): string {
  let amount = bytes;
  let unit = "B";
  for (const larger of UNITS) {
    if (amount < 1024) break;
    amount /= 1024;
    unit = larger;
  }
  return unit === "B" ? `${bytes} B` : `${amount.toFixed(1)} ${unit}`;
}

/** ISO 8601, UTC; `never` for 0. */
export function timeText(ms: number): string {
  if (ms === 0) return "never";
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms after 1970` : date.toISOString();
}
