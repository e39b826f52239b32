/** Puts conflicts to whoever sits at the terminal: the facts of both versions, and a choice. */

import type { Conflict } from "../../model/action.ts";
import type { ConflictPolicy } from "../../model/conflict-policy.ts";
import { InterruptedError } from "../../model/errors.ts";
import type { Arbiter } from "../../sync/map-ports.ts";
import { bytesText, timeText } from "../render/amounts.ts";
import { shownKey } from "../render/escape.ts";

type Answer = Exclude<ConflictPolicy, "ask">;
/** @returns what the user typed; undefined: there is no more to come */
export type Prompt = (text: string) => Promise<string | undefined>;

const ANSWERS: Readonly<Record<string, Answer>> = { l: "local", r: "remote", n: "newer", b: "both" };

/** Once there is no answer any more, or the user says so, the rest waits. */
export function arbiterBy(prompt: Prompt, signal: AbortSignal): Arbiter {
  let isOver = false;
  return async (conflict) => {
    let text = questionText(conflict);
    while (!isOver) {
      const typed = await prompt(text);
      if (signal.aborted) throw new InterruptedError(signal);
      const letter = typed?.trim().toLowerCase().slice(0, 1) ?? "q";
      if (letter === "s") return undefined;
      if (letter === "q") isOver = true;
      const answer = ANSWERS[letter];
      if (answer !== undefined) return answer;
      text = CHOICE;
    }
    return undefined;
  };
}

const CHOICE = "  keep [l]ocal, [r]emote, [n]ewer, [b]oth; [s]kip this one, [q]uit asking (the rest waits)? ";

export function questionText({ key, local, remote, remoteMs, newer }: Conflict): string {
  const side = (name: string, size: number, ms: number, mark: string): string =>
    `  ${name.padEnd(6)}  ${bytesText(size).padStart(10)}  ${timeText(Math.floor(ms))}${mark}\n`;
  return [
    `conflict: ${shownKey(key)}\n`,
    side("local", local.size, local.mtimeMs, newer === "local" ? "  newer" : ""),
    side("remote", remote.size, remoteMs, newer === "remote" ? "  newer" : ""),
    CHOICE,
  ].join("");
}
