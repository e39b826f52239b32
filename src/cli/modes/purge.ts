/** `--init --purge`: forget everything but the backups. */

import { ExitCode } from "../../model/exit-code.ts";
import type { Context } from "../context.ts";
import type { Flags } from "../options/options.ts";
import { shown } from "../render/escape.ts";

export async function purge({ force }: Flags, { stdout, engine }: Context): Promise<ExitCode> {
  const purged = await engine.locked(async () => engine.purge({ backups: force }));
  if (purged === undefined) {
    await stdout.write(`${shown(engine.stateFile)}: no such file; nothing to remove\n`);
    return ExitCode.ok;
  }
  await stdout.write(`removed: ${shown(purged.removed)}\n`);
  if (purged.keptBackups !== undefined) {
    await stdout.write(
      `kept: the backups in ${shown(purged.keptBackups)}; --init --purge --force removes them too\n`,
    );
  }
  return ExitCode.ok;
}
