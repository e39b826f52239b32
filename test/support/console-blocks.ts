/** What a page shows in its console blocks: commands, who types them, and what they print. */

export interface Step {
  /** The word before the `$`; "" where there is none. */
  readonly machine: string;
  readonly command: string;
  /** Without the last line end; undefined: the page does not show what happens (`<!-- $ command -->`). */
  readonly output: string | undefined;
}

export interface Recipe {
  readonly title: string;
  readonly steps: readonly Step[];
}

const BLOCK = /```console\n([\s\S]*?)```|<!-- (\w*\$ .*) -->/g;
const PROMPT = /^(?=\w*\$ )/m;

/** In the order of the page. */
export function stepsOf(markdown: string): readonly Step[] {
  return [...markdown.matchAll(BLOCK)].flatMap(([, shown, hidden]) =>
    (shown ?? hidden ?? "")
      .split(PROMPT)
      .filter((text) => text !== "")
      .map((text) => stepOf(text, shown !== undefined)),
  );
}

/** The parts of a page that begin with `## `, as far as they have commands. */
export function recipesOf(markdown: string): readonly Recipe[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((text) => ({ title: text.split("\n", 1)[0] ?? "", steps: stepsOf(text) }))
    .filter(({ steps }) => steps.length > 0);
}

/** A command goes on in the next line where its line ends in a backslash. */
function stepOf(text: string, isShown: boolean): Step {
  const [, machine = "", command = "", output = ""] =
    /^(\w*)\$ ((?:.*\\\n)*.*)\n?([\s\S]*)$/.exec(text) ?? [];
  return { machine, command, output: isShown ? output.trimEnd() : undefined };
}
