/** `--verify`: compares both sides and the records by content. Takes no lock, changes nothing. */

import type { ExitCode } from "../../model/exit-code.ts";
import type { VerifyReporter } from "../../ports/verify-reporter.ts";
import { chosenNames } from "../orders/chosen-names.ts";
import { connectionOf } from "../orders/connection.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../options/options.ts";
import { errorText } from "../render/error-text.ts";
import { findingText, findingsText } from "../render/finding-text.ts";
import { findingLine, verifiedLine } from "../render/json-lines.ts";
import { mapText, NO_MAPS } from "../render/status-text.ts";
import { costText } from "../render/totals-text.ts";

/** 0 all is the same, 3 there are differences, 1 a map could not be looked at. */
export async function verify(flags: Flags, context: Context): Promise<ExitCode> {
  const { stdout, stderr, engine, signal } = context;
  const { debug, json, quick } = flags;
  let maps = 0;
  const reporter: VerifyReporter = {
    async began(map) {
      maps++;
      if (!json) await stdout.write(mapText(map));
    },
    found: (map, finding) => stdout.write(json ? findingLine(map, finding) : findingText(finding)),
    async finished(map, result) {
      await stdout.write(json ? verifiedLine(map, result) : findingsText(result));
      if (debug && !json) await stdout.write(`  requests: ${costText(result.requests, undefined)}\n`);
      if (result.error !== undefined) await stderr.write(errorText(result.error, { stack: debug }));
    },
  };
  const names = await chosenNames(flags, engine);
  const options = { quick, names, connection: connectionOf(flags, context), signal };
  const exitCode = await engine.verify(options, reporter);
  if (maps === 0 && !json) await stdout.write(NO_MAPS);
  return exitCode;
}
