/** A small run that does everything at once, what it must come to, and what users may do while it lies dead. */

import type { CrashWorld } from "./crash-world.ts";

type Contents = Readonly<Record<string, string>>;

export interface Scene {
  /** Puts the world into the moment before the run. */
  readonly prepare: (world: CrashWorld) => Promise<void>;
  /** Users go on, each on the side on which the path was changed before. Nothing here is a conflict. */
  readonly goOn: (world: CrashWorld) => void;
  /** Contents that a path may have while the run is under way, on either side; of others there must be none. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** What both sides hold in the end. */
  readonly final: Contents;
  readonly finalAfterGoingOn: Contents;
  /** Paths with a loser, and its content: it must be in the backup in the end, and nothing else. */
  readonly losers: Contents;
  /** Beside these: contents that nobody has replaced or deleted knowingly, from before the run. */
  readonly kept: readonly string[];
}

/** Long enough that a part of it would show; no two are alike. */
function text(what: string, length = 2000): string {
  return `${what}. `.repeat(Math.ceil(length / (what.length + 2)));
}

/** More than one chunk of the network. */
const LONG = 300_000;

const first = (path: string): string => text(`${path}, first version`);
const edited = (path: string): string => text(`${path}, edited`);
const again = (path: string): string => text(`${path}, edited again`);
const moved = (name: string): string => text(`the one that is moved ${name}`);

const TRACKED =
  "keep/1 keep/2 touched edited-here edited-there gone-here going/there lost-here lost-there".split(" ");
const MOVED: readonly (readonly [from: string, to: string])[] = [
  ["moved/here", "moved-here/by name"],
  ["moved/there", "moved-there/by name"],
];

const LONG_EDIT = text("edited-there, edited", LONG);
/** Path to the losing and the winning version. The one that loses here is long: it takes many steps into its zip. */
const CONFLICTS = {
  "lost-here": { loser: text("lost-here, the older edit", LONG), winner: text("lost-here, the newer edit") },
  "lost-there": { loser: text("lost-there, the older edit"), winner: text("lost-there, the newer edit") },
} as const;

async function prepare(world: CrashWorld): Promise<void> {
  const { local } = world;
  for (const path of TRACKED) local.write(path, first(path), 1);
  for (const [from] of MOVED) local.write(from, moved(from), 1);
  await world.sync();

  local.write("touched", first("touched"), 5);
  local.write("edited-here", edited("edited-here"), 5);
  world.putObject("edited-there", LONG_EDIT, 5);
  local.remove("gone-here");
  world.removeObject("going/there");
  local.write("new-here/deep", first("new-here/deep"), 5);
  world.putObject("new-there/deep", first("new-there/deep"), 5);
  local.write("same", first("same"), 5);
  world.putObject("same", first("same"), 6);
  local.write("lost-here", CONFLICTS["lost-here"].loser, 5);
  world.putObject("lost-here", CONFLICTS["lost-here"].winner, 6);
  local.write("lost-there", CONFLICTS["lost-there"].winner, 6);
  world.putObject("lost-there", CONFLICTS["lost-there"].loser, 5);
  const [[here, renamedHere], [there, renamedThere]] = MOVED as [[string, string], [string, string]];
  local.write(renamedHere, moved(here), 1);
  local.remove(here);
  world.putObject(renamedThere, moved(there), 1);
  world.removeObject(there);
}

const FINAL: Contents = {
  "keep/1": first("keep/1"),
  "keep/2": first("keep/2"),
  touched: first("touched"),
  same: first("same"),
  "edited-here": edited("edited-here"),
  "edited-there": LONG_EDIT,
  "new-here/deep": first("new-here/deep"),
  "new-there/deep": first("new-there/deep"),
  "lost-here": CONFLICTS["lost-here"].winner,
  "lost-there": CONFLICTS["lost-there"].winner,
  ...Object.fromEntries(MOVED.map(([from, to]) => [to, moved(from)])),
};

/** Each path goes on where it was written last. */
const GOING_ON: Contents = Object.fromEntries(
  ["edited-here", "gone-here", "new-here/deep", "moved-here/by name"].map((path) => [path, again(path)]),
);
const GOING_ON_THERE: Contents = Object.fromEntries(
  ["edited-there", "going/there", "new-there/deep", "moved-there/by name"].map((path) => [path, again(path)]),
);

export const BUSY_SCENE: Scene = {
  prepare,
  goOn(world) {
    for (const [path, content] of Object.entries(GOING_ON)) world.local.write(path, content, 7);
    for (const [path, content] of Object.entries(GOING_ON_THERE)) world.putObject(path, content, 7);
  },
  versions: versionsOf([
    ...TRACKED.map((path) => [path, first(path)] as const),
    ...MOVED.map(([from]) => [from, moved(from)] as const),
    ...Object.entries(CONFLICTS).map(([path, { loser }]) => [path, loser] as const),
    ...Object.entries(FINAL),
  ]),
  final: FINAL,
  finalAfterGoingOn: { ...FINAL, ...GOING_ON, ...GOING_ON_THERE },
  losers: Object.fromEntries(Object.entries(CONFLICTS).map(([path, { loser }]) => [path, loser])),
  kept: Object.values(FINAL),
};

function versionsOf(all: readonly (readonly [string, string])[]): Scene["versions"] {
  const versions: Record<string, string[]> = {};
  for (const [path, content] of all) (versions[path] ??= []).push(content);
  return versions;
}
