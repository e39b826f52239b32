/** What `--doctor` says of one map. */

import { shellWord } from "../../core/shell-word.ts";
import { BsyncError } from "../../model/errors.ts";
import {
  type MapFacts,
  type PartOfWay,
  type RootFacts,
  WAY,
  type WayToBucket,
} from "../../model/examination.ts";
import type { DirectoryMap } from "../../model/map.ts";
import { type Check, failed, failure, ok, warning } from "./check.ts";
import { timeText } from "../render/amounts.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** What S3 takes. */
const CLOCK_MAX = 15 * MINUTE;
/** Above it, the clock decides conflicts. */
const CLOCK_WELL = 30 * SECOND;

export function mapChecks(
  map: DirectoryMap,
  { root, way, learnt, key }: MapFacts,
  nowMs: number,
): readonly Check[] {
  return [
    ...rootChecks(map, root),
    ...wayChecks(map, way, nowMs),
    ...(way.trouble === undefined ? [conditionsCheck(learnt, way), versioningCheck(way)] : []),
    ...(key === undefined ? [] : [keyCheck(map, key)]),
  ];
}

function rootChecks({ root: path }: DirectoryMap, root: RootFacts | undefined): readonly Check[] {
  const about = "directory";
  if (root === undefined) {
    const hint = `mount or make it again; to give the map up: s3-bsync --init --rmdir ${shellWord(path)}`;
    return [failure(about, `${path}: missing, or not a directory`, hint)];
  }
  const { unreadable, unwritable, stepNs, foldsNames } = root;
  const access = "see to its permissions";
  return [
    unreadable !== undefined
      ? failure(about, `${path} cannot be read: ${unreadable}`, access)
      : unwritable !== undefined
        ? failure(about, `nothing can be written to ${path}: ${unwritable}`, access)
        : ok(about, `${path}: there, readable, writable`),
    ok("file times", `in steps of ${stepText(stepNs)}, as far as seen`),
    ok(
      "file names",
      foldsNames ? "names that differ only in case are one file" : "upper and lower case differ",
    ),
  ];
}

function stepText(ns: number): string {
  if (ns >= 1e9) return `${ns / 1e9} s`;
  if (ns >= 1e6) return `${ns / 1e6} ms`;
  return ns >= 1000 ? `${ns / 1000} µs` : `${ns} ns`;
}

/** In the order in which each needs those before it: what lies beyond the trouble, nobody has seen. */
function wayChecks(map: DirectoryMap, way: WayToBucket, nowMs: number): readonly Check[] {
  const { trouble, credentials } = way;
  if (trouble === undefined) return WAY.map((part) => WELL[part](map, way, nowMs));
  const seen = credentials === undefined ? [] : WAY.slice(0, WAY.indexOf(trouble.of));
  return [...seen.map((part) => WELL[part](map, way, nowMs)), failed(trouble.of, trouble.error)];
}

const WELL: Readonly<Record<PartOfWay, (map: DirectoryMap, way: WayToBucket, nowMs: number) => Check>> = {
  endpoint: (_, { endpoint }) => ok("endpoint", `${endpoint} answers`),
  clock: (_, { clockAheadMs }) => clockCheck(clockAheadMs),
  credentials: (_, { credentials }, nowMs) => credentialsCheck(credentials, nowMs),
  region: (_, { region }) => ok("region", region),
  bucket: ({ bucket }) => ok("bucket", `${bucket} is there`),
  listing: () => ok("listing", "allowed"),
};

function clockCheck(aheadMs: number | undefined): Check {
  if (aheadMs === undefined) return ok("clock", "the server does not tell its own");
  const off = Math.abs(aheadMs);
  const seconds = Math.round(off / SECOND).toLocaleString("en-US");
  const text = `${seconds} s ${aheadMs < 0 ? "behind" : "ahead of"} the server's`;
  const hint = "set the clock, as by NTP: in a conflict the newer file wins";
  if (off > CLOCK_MAX) return failure("clock", text, hint);
  return off > CLOCK_WELL ? warning("clock", text, hint) : ok("clock", "as the server's");
}

function credentialsCheck(credentials: WayToBucket["credentials"], nowMs: number): Check {
  const { source, expiresMs } = credentials ?? { source: "service", expiresMs: undefined };
  const until = expiresMs === undefined ? "" : `, until ${timeText(expiresMs)}`;
  const text = `${SOURCES[source]}${until}`;
  if (expiresMs === undefined || expiresMs - nowMs > 10 * MINUTE) return ok("credentials", text);
  return source === "login"
    ? warning("credentials", text, "they end soon: aws sso login")
    : ok("credentials", text); // whoever gave them gives new ones
}

const SOURCES: Readonly<Record<NonNullable<WayToBucket["credentials"]>["source"], string>> = {
  environment: "from the environment (AWS_ACCESS_KEY_ID)",
  profile: "from a profile of the AWS files",
  login: "from a login (SSO)",
  "web identity": "from a web identity",
  program: "from the program that the profile names",
  service: "from the machine's own service (container or instance)",
};

function conditionsCheck(
  { conditionalPut, conditionalDelete }: MapFacts["learnt"],
  { versioning }: WayToBucket,
): Check {
  const about = "conditional writes";
  const verdicts = [conditionalPut, conditionalDelete];
  if (verdicts.every((each) => each === "honoured")) return ok(about, "honoured");
  if (verdicts.some((each) => each === "ignored" || each === "refused")) {
    const text = `PUT ${WORDS[conditionalPut]}, DELETE ${WORDS[conditionalDelete]}: a look comes before each change instead`;
    if (versioning === "on") return ok(about, text); // what is overwritten in between is kept
    return warning(about, text, "turn versioning on in the bucket, if others write to it at the same time");
  }
  return ok(about, `PUT ${WORDS[conditionalPut]}, DELETE ${WORDS[conditionalDelete]}`);
}

const WORDS: Readonly<Record<MapFacts["learnt"]["conditionalPut"], string>> = {
  untold: "not tried yet (the first small one shows)",
  honoured: "honoured",
  ignored: "ignored",
  refused: "refused",
};

function versioningCheck({ versioning }: WayToBucket): Check {
  const untold = "not known (s3:GetBucketVersioning is not allowed, or the server has none)";
  return ok("versioning", versioning === "untold" ? untold : versioning);
}

function keyCheck({ email }: DirectoryMap, key: NonNullable<MapFacts["key"]>): Check {
  if (key instanceof BsyncError) return failed("gpg", key);
  if (key.canDecrypt) return ok("gpg", `the key of ${email} encrypts, and its secret part is here`);
  const text = `the secret key of ${email} is not on this machine: it uploads, and cannot read what others upload`;
  return warning("gpg", text, "gpg --import FILE, if this machine is to download");
}
