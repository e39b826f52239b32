/** What `--doctor` says of the machine and of the state file. */

import { shellWord } from "../../core/shell-word.ts";
import type { StateFacts } from "../../model/examination.ts";
import { type Check, failure, ok, warning } from "./check.ts";
import { countText } from "../render/amounts.ts";

/** Anybody but the owner. */
const OTHERS_WRITE = 0o022;
const OTHERS_READ = 0o044;

export function stateChecks(file: string, facts: StateFacts): readonly Check[] {
  return [ok("node", facts.nodeVersion), stateCheck(file, facts), ...privacy(file, facts), ...room(facts)];
}

function stateCheck(file: string, { maps }: StateFacts): Check {
  const text = `${file}: whole, ${countText(maps.length, "map")}`;
  if (maps.length > 0) return ok("state file", text);
  return warning("state file", text, "s3-bsync --init --dir PATH s3://BUCKET/PREFIX");
}

/** It names every file, and says what a sync deletes. */
function privacy(file: string, { fileMode, folderMode }: StateFacts): readonly Check[] {
  const looks: readonly (readonly [string, number | undefined, string])[] = [
    [file, fileMode, `chmod 600 ${shellWord(file)}`],
    [`${file}.d`, folderMode, `chmod 700 ${shellWord(`${file}.d`)}`],
  ];
  return looks.flatMap(([path, mode, hint]) => {
    if (mode === undefined) return [];
    const octal = mode.toString(8).padStart(4, "0");
    if ((mode & OTHERS_WRITE) !== 0)
      return [failure("permissions", `${path} (${octal}): others may write there`, hint)];
    if ((mode & OTHERS_READ) !== 0)
      return [warning("permissions", `${path} (${octal}): others may read it`, hint)];
    return [ok("permissions", `${path} (${octal}): nobody else may read it`)];
  });
}

function room({ unwritable }: StateFacts): readonly Check[] {
  return unwritable === undefined
    ? []
    : [
        failure(
          "state folder",
          `nothing can be written to ${unwritable}`,
          "see to its permissions and its disk",
        ),
      ];
}
