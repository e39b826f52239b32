/** The text of `--help`, made from the option table. */

import { EXIT_TEXTS } from "./exit-texts.ts";
import { MODES } from "./modes.ts";
import { GROUPS, type Option } from "./options/option.ts";
import { OPTION_LIST, type OptionName, wordOf } from "./options/options.ts";

const LEFT_WIDTH = 26;
const RIGHT_WIDTH = 70;

const BEGINNING = [
  ["s3-bsync --init --dir PATH s3://BUCKET/PREFIX", "ties a directory to a prefix"],
  ["s3-bsync --dryrun", "shows what a sync would do"],
  ["s3-bsync", "syncs all that are tied"],
] as const;
const COMMAND_WIDTH = Math.max(...BEGINNING.map(([command]) => command.length));

export function helpText(): string {
  const modes = Object.entries(MODES).map(([name, { flags, summary }]) =>
    columns(flags === "" ? "(no mode)" : flags, `${summary}. Also: s3-bsync ${name}`),
  );
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const options = OPTION_LIST.filter(([, option]) => option.group === group);
    return `${title}:\n${options.map(([name, option]) => columns(namesOf(name, option), option.summary)).join("")}`;
  });
  const exits = EXIT_TEXTS.map(([code, text]) => columns(String(code), text));
  return [
    "usage: s3-bsync [options]\n\nKeeps local directories and S3 prefixes in sync, in both directions.\n",
    `Begin with:\n${BEGINNING.map(([command, text]) => `  ${command.padEnd(COMMAND_WIDTH)}  ${text}\n`).join("")}`,
    `Modes:\n${modes.join("")}`,
    ...groups,
    `Exit codes:\n${exits.join("")}`,
  ].join("\n");
}

/** `--help, -h, -?` or `--gzip LEVEL`. */
export function namesOf(name: OptionName, { short = [], value }: Option): string {
  const words = [wordOf(name), ...short].join(", ");
  return value === undefined ? words : `${words} ${value}`;
}

/** A term and its text, the text wrapped and indented; on a line of its own where the term is long. */
function columns(left: string, right: string): string {
  const [first = "", ...others] = wrapped(right);
  const gap = " ".repeat(LEFT_WIDTH);
  const head = left.length + 2 < LEFT_WIDTH - 1 ? `  ${left}`.padEnd(LEFT_WIDTH) : `  ${left}\n${gap}`;
  return [`${head}${first}`, ...others.map((line) => gap + line)].map((line) => `${line}\n`).join("");
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > RIGHT_WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
