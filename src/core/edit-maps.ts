/** Adds to and removes from the maps of the state file. No two maps ever hold the same file or object. */

import { UsageError } from "../model/errors.ts";
import { destinationOf, type DirectoryMap, isSameMap } from "../model/map.ts";
import { shellWord } from "./shell-word.ts";

export interface MapEdit {
  /** Roots as they are stored; the directories need not exist. Done first. */
  readonly removes: readonly string[];
  /** Takes the place of a map with the same root, bucket and prefix: all its options are new. */
  readonly adds: readonly DirectoryMap[];
  /** `adds` are to be all the maps there are. */
  readonly replacesAll: boolean;
}

/** @returns where a directory really lies; undefined: there is none */
type RealPath = (path: string) => string | undefined;

/** @throws {UsageError} a root is not mapped, has another destination, or a map would overlap with another */
export function editMaps(
  maps: readonly DirectoryMap[],
  { removes, adds, replacesAll }: MapEdit,
  realPath: RealPath,
): readonly DirectoryMap[] {
  const kept = removes.reduce(without, maps);
  return adds.reduce((all, map) => withMap(all, map, realPath), replacesAll ? [] : kept);
}

function without(maps: readonly DirectoryMap[], root: string): readonly DirectoryMap[] {
  if (maps.some((map) => map.root === root)) return maps.filter((map) => map.root !== root);
  const mapped = maps.map((map) => map.root).join(", ");
  throw new UsageError(`--rmdir ${root}: not mapped; mapped: ${mapped === "" ? "nothing" : mapped}`);
}

function withMap(
  maps: readonly DirectoryMap[],
  map: DirectoryMap,
  realPath: RealPath,
): readonly DirectoryMap[] {
  const other = maps.find(({ root }) => root === map.root);
  if (other !== undefined && !isSameMap(other, map)) throw mappedElsewhere(map, other);
  const others = maps.filter((each) => each !== other);
  for (const each of others) checkApart(map, each, realPath);
  return other === undefined ? [...maps, map] : maps.map((each) => (each === other ? map : each));
}

function mappedElsewhere(map: DirectoryMap, other: DirectoryMap): UsageError {
  const root = shellWord(map.root);
  return new UsageError(
    `--dir ${map.root}: mapped to ${destinationOf(other)} already`,
    `s3-bsync --init --rmdir ${root} --dir ${root} ${shellWord(destinationOf(map))}`,
  );
}

function checkApart(map: DirectoryMap, other: DirectoryMap, realPath: RealPath): void {
  const hint = "one file and one object can only belong to one map";
  if (namesOf(map, realPath).some((a) => namesOf(other, realPath).some((b) => overlap(a, b)))) {
    throw new UsageError(`--dir ${map.root}: overlaps with ${other.root}, which is mapped already`, hint);
  }
  if (map.bucket === other.bucket && overlap(`/${map.prefix}`, `/${other.prefix}`)) {
    const [mine, its] = [destinationOf(map), destinationOf(other)];
    throw new UsageError(
      `--dir ${map.root} ${mine}: overlaps with ${its}, the destination of ${other.root}`,
      hint,
    );
  }
}

/** Every path under which the directory is known. */
function namesOf({ root }: DirectoryMap, realPath: RealPath): readonly string[] {
  return [root, realPath(root) ?? root];
}

/** Of two paths that begin with "/": whether they are one, or one lies in the other. */
function overlap(a: string, b: string): boolean {
  const [inA, inB] = [withSlash(a), withSlash(b)];
  return inA.startsWith(inB) || inB.startsWith(inA);
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
