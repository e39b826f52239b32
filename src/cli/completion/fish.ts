/** Completion in fish. */

import { MODES } from "../modes.ts";
import type { Option } from "../options/option.ts";
import { OPTION_LIST, type OptionName, wordOf } from "../options/options.ts";
import { gistOf } from "./gist.ts";

export function fishCompletion(): string {
  const modes = Object.entries(MODES).map(
    ([name, { summary }]) =>
      `complete -c s3-bsync -n __fish_use_subcommand -f -a ${name} -d ${quoted(gistOf(summary))}`,
  );
  const options = OPTION_LIST.map(([name, option]) => optionLine(name, option));
  return `# Completes s3-bsync in fish; made by: s3-bsync --completion fish
complete -c s3-bsync -f
${[...modes, ...options].join("\n")}
`;
}

function optionLine(name: OptionName, { type, short = [], summary, words, path }: Option): string {
  const names = [`-l ${wordOf(name).slice(2)}`, ...short.map((word) => `-s ${quoted(word.slice(1))}`)];
  const offered =
    words === undefined ? (path === undefined ? "-x" : PATHS[path]) : `-x -a ${quoted(words.join(" "))}`;
  const value = type === "boolean" ? [] : [offered];
  return ["complete -c s3-bsync", ...names, ...value, `-d ${quoted(gistOf(summary))}`].join(" ");
}

const PATHS = { file: "-r -F", directory: "-x -a '(__fish_complete_directories)'" } as const;

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
