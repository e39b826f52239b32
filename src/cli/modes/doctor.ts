/** `--doctor`: looks at all that a sync needs. Takes no lock, changes nothing. */

import { ExitCode } from "../../model/exit-code.ts";
import type { DirectoryMap } from "../../model/map.ts";
import { absolutePath } from "../values/absolute-path.ts";
import type { Check } from "../checks/check.ts";
import { connectionOf } from "../orders/connection.ts";
import type { Context } from "../context.ts";
import { parseDestination } from "../values/destination.ts";
import { hintsForFile } from "../terminal/hints-for-file.ts";
import { mapChecks } from "../checks/map-checks.ts";
import type { Flags } from "../options/options.ts";
import { checkText, sumText } from "../render/check-text.ts";
import { checkLine } from "../render/json-lines.ts";
import { mapText } from "../render/status-text.ts";
import { stateChecks } from "../checks/state-checks.ts";

/** 0 all is well, 3 something is not, 1 no state file says what to look at. */
export async function doctor(flags: Flags, context: Context): Promise<ExitCode> {
  const { engine, signal } = context;
  const { json } = flags;
  const stdout = hintsForFile(context.stdout, flags.file === undefined ? undefined : engine.stateFile);
  const pairs = flags.dir.length === 0 ? undefined : pairsOf(flags, context);
  const connection = connectionOf(flags, context);
  const all: Check[] = [];
  const tell = async (checks: readonly Check[], map?: DirectoryMap): Promise<void> => {
    for (const check of checks) await stdout.write(json ? checkLine(map, check) : checkText(check));
    all.push(...checks);
  };

  const machine = pairs === undefined ? await engine.examineState() : undefined;
  if (machine !== undefined) await tell(stateChecks(engine.stateFile, machine));
  const maps = pairs ?? machine?.maps ?? [];
  for (const map of maps) {
    if (!json) await stdout.write(`\n${mapText(map)}`);
    await tell(mapChecks(map, await engine.examineMap(map, { connection, signal }), engine.now()), map);
  }
  if (!json) await stdout.write(sumText(all));
  return all.every(({ state }) => state === "ok") ? ExitCode.ok : ExitCode.incomplete;
}

/** As they would be mapped. */
function pairsOf(flags: Flags, context: Context): readonly DirectoryMap[] {
  return flags.dir.map(({ path, dest }) => ({
    root: absolutePath(path, context),
    ...parseDestination(dest),
    gzip: 0,
    gpg: false,
    email: "",
    recursive: true,
    options: {},
  }));
}
