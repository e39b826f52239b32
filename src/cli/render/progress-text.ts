/** Where a run stands, as lines of text. */

import type { Standing, Transfer } from "../progress/transfers.ts";
import { bytesText, countText } from "./amounts.ts";
import { shown, shownKey } from "./escape.ts";

/** Transfers that are named. */
const NAMED = 4;
const SIZE_WIDTH = "1023.9 MiB".length;

/** `/data/docs: 12 of 300 files, 1.0 GiB of 4.0 GiB, 3.1 MiB/s, 17 min left` */
export function standingText({ map, elapsedMs, files, bytes, bytesPerSecond }: Standing): string {
  const root = shown(map.root);
  if (files === undefined) return `${root}: comparing both sides, ${durationText(elapsedMs / 1000)}`;
  const left = bytes.all - bytes.done;
  const rate = bytesPerSecond === undefined ? [] : [`${bytesText(Math.round(bytesPerSecond))}/s`];
  const rest =
    bytesPerSecond === undefined || bytesPerSecond === 0 || left <= 0
      ? []
      : [`${durationText(left / bytesPerSecond)} left`];
  return [
    `${root}: ${files.done} of ${countText(files.all, "file")}`,
    ...(bytes.all === 0 ? [] : [`${bytesText(bytes.done)} of ${bytesText(bytes.all)}`, ...rate, ...rest]),
  ].join(", ");
}

/** The oldest of what is under way, a line each, not wider than `columns` where characters are not wide. */
export function transferLines(transfers: readonly Transfer[], columns: number): readonly string[] {
  const named = transfers.slice(0, NAMED).map(({ key, way, moved, size }) => {
    const percent = size === 0 ? 0 : Math.floor((100 * moved) / size);
    const head = `  ${way.padEnd(4)} ${String(percent).padStart(3)}% ${bytesText(size).padStart(SIZE_WIDTH)}  `;
    return head + ending(shownKey(key), columns - head.length);
  });
  const more = transfers.length - named.length;
  return more === 0 ? named : [...named, `  and ${more} more`];
}

/** The end of a long name tells more than its beginning. */
function ending(name: string, width: number): string {
  const chars = [...name];
  return chars.length <= width ? name : `…${chars.slice(-Math.max(1, width - 1)).join("")}`;
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h` */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.ceil(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
