/** Completion in zsh. */

import { MODES } from "../modes.ts";
import type { Option } from "../options/option.ts";
import { OPTION_LIST, type OptionName, wordOf } from "../options/options.ts";
import { gistOf } from "./gist.ts";

export function zshCompletion(): string {
  const modes = Object.entries(MODES).map(([name, { summary }]) => `${name}\\:${escaped(gistOf(summary))}`);
  const specs = [
    `1:mode:((${modes.map((mode) => mode.replaceAll(" ", "\\ ")).join(" ")}))`,
    ...OPTION_LIST.flatMap(([name, option]) => specsOf(name, option)),
  ];
  return `#compdef s3-bsync
# Completes s3-bsync in zsh; made by: s3-bsync --completion zsh
_s3_bsync() {
  _arguments -S \\
${specs.map((spec) => `    ${quoted(spec)}`).join(" \\\n")}
}
# As a function of $fpath it is called, else it is read.
if [ "$funcstack[1]" = _s3_bsync ] || [ "$funcstack[1]" = _s3-bsync ]; then
  _s3_bsync "$@"
else
  compdef _s3_bsync s3-bsync
fi
`;
}

function specsOf(name: OptionName, option: Option): readonly string[] {
  const { type, short = [], summary, isMultiple, takesRest, pair } = option;
  const often = isMultiple === true && takesRest === undefined ? "*" : "";
  const behind = type === "string" && pair === undefined && takesRest === undefined ? "=" : "";
  const text = `${behind}[${escaped(gistOf(summary))}]${valuesOf(option)}`;
  const plain = short.filter((word) => /^-[a-z]$/.test(word)); // "?" is a pattern here
  return [wordOf(name), ...plain].map((word) => `${often}${word}${text}`);
}

function valuesOf({ type, value = "", words, path, pair }: Option): string {
  if (type === "boolean") return "";
  const what =
    words === undefined ? (path === undefined ? "" : PATHS[path]) : `(${escaped(words.join(" "))})`;
  if (pair !== true) return `:${escaped(value)}:${what}`;
  const [first = "", second = ""] = value.split(" ");
  return `:${first}:${what}:${second}:`;
}

const PATHS = { file: "_files", directory: "_files -/" } as const;

function escaped(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, "\\$&");
}

function quoted(spec: string): string {
  return `'${spec.replaceAll("'", "'\\''")}'`;
}
