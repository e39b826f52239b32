/** `--init`: edit the maps of the state file. */

import { editMaps, type MapEdit } from "../../core/edit-maps.ts";
import { shellWord } from "../../core/shell-word.ts";
import { ExitCode } from "../../model/exit-code.ts";
import { type DirectoryMap, isSameMap } from "../../model/map.ts";
import { connectionOf } from "../orders/connection.ts";
import type { Context } from "../context.ts";
import { parseDestination } from "../values/destination.ts";
import type { Flags } from "../options/options.ts";
import { policyOptions } from "../orders/policy-flags.ts";
import { countText } from "../render/amounts.ts";
import { shown } from "../render/escape.ts";
import { optionsText, pairText } from "../render/map-text.ts";
import { checkRoot, tidyPath } from "../values/root.ts";
import { objectOptions } from "../orders/transfer-flags.ts";
import { gpgRecipient, gzipLevel } from "../values/values.ts";
import { recover } from "./recover.ts";

export async function init(flags: Flags, context: Context): Promise<ExitCode> {
  const { engine, stdout } = context;
  const edit = editOf(flags, context);
  const key = flags.gpg === undefined ? undefined : await engine.gpgKey(gpgRecipient(flags.gpg));
  const maps = await engine.locked(async () => {
    if (flags.recover) return recover(flags, context);
    const before = engine.maps();
    const after = editMaps(before ?? [], edit, (path) => engine.directory(path));
    if (before === undefined || isEdit(edit)) engine.setMaps(after);
    if (flags.untrackIgnored) await untrackIgnored(after, edit, context);
    return after;
  });
  await stdout.write(mapsText(engine.stateFile, maps));
  if (key?.canDecrypt === false) await stdout.write(NO_SECRET_KEY);
  await stdout.write(nextText(flags, context, maps));
  return ExitCode.ok;
}

function editOf(flags: Flags, context: Context): MapEdit {
  const { home, cwd, engine } = context;
  const settings = {
    gzip: gzipLevel(flags.gzip),
    gpg: flags.gpg !== undefined,
    email: flags.gpg === undefined ? "" : gpgRecipient(flags.gpg),
    recursive: flags.recursive,
    options: { ...connectionOf(flags, context), ...policyOptions(flags), ...objectOptions(flags) },
  };
  const rootOptions = { home, cwd, force: flags.force, realPath: (path: string) => engine.directory(path) };
  return {
    removes: flags.rmdir.map(tidyPath),
    adds: flags.dir.map(({ path, dest }) => ({
      root: checkRoot(path, rootOptions),
      ...parseDestination(dest),
      ...settings,
    })),
    replacesAll: flags.overwrite,
  };
}

function isEdit({ removes, adds }: MapEdit): boolean {
  return removes.length + adds.length > 0;
}

/** In the maps of this command, or in all where it has none. */
async function untrackIgnored(
  maps: readonly DirectoryMap[],
  { adds }: MapEdit,
  { engine, stdout }: Context,
): Promise<void> {
  const meant = adds.length === 0 ? maps : maps.filter((map) => adds.some((add) => isSameMap(add, map)));
  for (const map of meant) {
    const count = await engine.untrackIgnored(map);
    await stdout.write(`${pairText(map)}: ${countText(count, "ignored name")} no longer tracked\n`);
  }
}

function mapsText(file: string, maps: readonly DirectoryMap[]): string {
  const lines = maps.map((map) => {
    const options = optionsText(map);
    return `  ${pairText(map)}${options === "" ? "" : `  (${options})`}\n`;
  });
  const unkept = maps
    .filter(({ options }) => options.backup === "none")
    .map(({ root }) => `  ${shown(root)}\n`);
  const notKept =
    "Of what a run overwrites or deletes, only losers of conflicts and content that no record proves go into the backup:\n";
  return [
    `${shown(file)}: ${countText(maps.length, "map")}\n`,
    ...lines,
    ...(unkept.length === 0 ? [] : [notKept, ...unkept]),
  ].join("");
}

const NO_SECRET_KEY =
  "The secret key is not on this machine: it uploads, and sees changes, but leaves alone what others have uploaded\n";

function nextText(flags: Flags, { engine }: Context, maps: readonly DirectoryMap[]): string {
  const command = flags.file === undefined ? "s3-bsync" : `s3-bsync --file ${shellWord(engine.stateFile)}`;
  if (maps.length === 0) return `\nNext:\n  ${command} --init --dir PATH s3://BUCKET/PREFIX\n`;
  const preview = `${command} --dryrun`;
  return `\nNext:\n  ${preview}  # shows what a sync would do, and changes nothing\n  ${command.padEnd(preview.length)}  # syncs\n`;
}
