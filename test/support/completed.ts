/** What shells offer for the end of a line, each asked in its own way. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { completionScript } from "../../src/cli/completion/completion.ts";
import type { Shell } from "../../src/cli/values/values.ts";
import { tempDir } from "./temp-dir.ts";

/** Ends what is offered for one line. */
const END = "--end--";

/** For each of the lines what can stand at its end, in no order. Of `--option=value`, bash and zsh offer the value alone. */
export function completed(shell: Shell, lines: readonly string[]): readonly (readonly string[])[] {
  using directory = tempDir("completion");
  const script = join(directory.path, "script");
  writeFileSync(script, completionScript(shell));
  const answers = ASK[shell](directory.path, script, lines).split(`${END}\n`).slice(0, -1);
  assert.equal(answers.length, lines.length, `${shell} answered ${answers.length} times`);
  return answers.map((text) => {
    const words = text.split("\n").map((line) => line.replace(/\t.*/, "").replace(/^--[a-z-]+=(?=.)/, ""));
    return words.filter((word) => word !== "").toSorted();
  });
}

type Ask = (directory: string, script: string, lines: readonly string[]) => string;

const ASK: Readonly<Record<Shell, Ask>> = {
  bash: (_directory, script, lines) =>
    lines.map((line) => answerOf("bash", ["--norc", "-c", IN_BASH, script, ...bashWords(line)])).join(""),
  fish: (_directory, script, lines) => answerOf("fish", ["--no-config", "-c", IN_FISH, script, ...lines]),
  zsh: (directory, script, lines) => {
    writeFileSync(join(directory, ".zshrc"), ZSHRC);
    writeFileSync(join(directory, "lines"), `${lines.join("\n")}\n`);
    answerOf("zsh", ["-f", "-c", IN_ZSH], { ...process.env, ZDOTDIR: directory, SCRIPT: script });
    return readFileSync(join(directory, "offered"), "utf8");
  },
};

function answerOf(program: string, args: readonly string[], env = process.env): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env, timeout: 60_000 });
  assert.deepEqual([status, stderr], [0, ""], program);
  return stdout;
}

/** As its line editor cuts it. */
function bashWords(line: string): readonly string[] {
  return line.split(/ |(=)/).filter((word) => word !== undefined);
}

/** As the line editor of bash calls it. */
const IN_BASH = `
source "$0"
complete -p s3-bsync >/dev/null || exit 9
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_s3_bsync
printf '%s\\n' "\${COMPREPLY[@]}" ${END}
`;

const IN_FISH = `
source $argv[1]
for line in $argv[2..]
  complete -C $line
  echo ${END}
end
`;

/** Its completion wants a terminal, which it can make itself. */
const IN_ZSH = `
zmodload zsh/zpty
zpty shell zsh -i
until [[ -e $ZDOTDIR/done ]] { zpty -r -t shell screen; sleep 0.02 }
zpty -d shell
`;

/** Each line is typed, with Tab and then Control-X behind it. Matches that are only counted or sorted are no offers. */
const ZSHRC = `
PS1=
KEYTIMEOUT=1
autoload -U compinit
compinit -u -D
source $SCRIPT
typed=("\${(@f)$(<$ZDOTDIR/lines)}")
compadd() {
  local -a hits
  local word
  for word in "$@"; do
    case $word in
      (--|-) break ;;
      (-[a-zA-Z]#[OAD]*) builtin compadd "$@"; return ;;
    esac
  done
  builtin compadd -O hits "$@"
  print -rl -- $hits >>$ZDOTDIR/offered
  builtin compadd "$@"
}
setopt extended_glob
next() {
  print -r -- ${END} >>$ZDOTDIR/offered
  BUFFER=
  shift typed
  if (( $#typed )); then zle -U "$typed[1]"$'\\t\\x18'; else : >$ZDOTDIR/done; fi
}
zle -N next
bindkey '^X' next
zle-line-init() { zle -U "$typed[1]"$'\\t\\x18' }
zle -N zle-line-init
`;
