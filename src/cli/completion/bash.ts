/** Completion in bash, from 3.2 on: nothing in it that the one of macOS lacks. */

import { flagWords, MODES, type Mode } from "../modes.ts";
import { OPTION_LIST, wordOf } from "../options/options.ts";

export function bashCompletion(): string {
  const modes = Object.keys(MODES) as Mode[];
  return `# Completes s3-bsync in bash; made by: s3-bsync --completion bash
_s3_bsync() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} mode=sync word
  COMPREPLY=()
  # --option=value is three words here
  if [ "$cur" = "=" ]; then
    cur=
  elif [ "$prev" = "=" ]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $prev in
${valueCases().join("\n")}
  esac
  if [ "$COMP_CWORD" -eq 1 ] && [ "\${cur#-}" = "$cur" ]; then
    COMPREPLY=($(compgen -W '${modes.join(" ")}' -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]} in
    ${modes.join("|")}) mode=\${COMP_WORDS[1]} ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
${modes.flatMap(modeCase).join("\n")}
    esac
  done
  case $mode in
${modes.map(optionCase).join("\n")}
  esac
}
# Paths, and whatever has no list of words, are completed by bash itself.
complete -o default -F _s3_bsync s3-bsync
`;
}

/** After these, only a value can come. */
function valueCases(): readonly string[] {
  const taking = OPTION_LIST.filter(([, { type }]) => type === "string");
  const lists = taking.flatMap(([name, { words }]) =>
    words === undefined
      ? []
      : [`    ${wordOf(name)}) COMPREPLY=($(compgen -W '${words.join(" ")}' -- "$cur")); return ;;`],
  );
  return [...lists, `    ${taking.map(([name]) => wordOf(name)).join("|")}) return ;;`];
}

function modeCase(mode: Mode): readonly string[] {
  const flag = flagWords(mode).at(-1);
  return flag === undefined ? [] : [`      ${flag}) mode=${mode} ;;`];
}

/** In the mode that needs no flag, those of the other modes may still come. */
function optionCase(mode: Mode): string {
  const flags = mode === "sync" ? (Object.keys(MODES) as Mode[]).flatMap(flagWords) : [];
  const options = OPTION_LIST.filter(([, { modes }]) => modes.includes(mode)).map(([name]) => wordOf(name));
  const words = [...new Set([...options, ...flags])];
  return `    ${mode}) COMPREPLY=($(compgen -W '${words.join(" ")}' -- "$cur")) ;;`;
}
