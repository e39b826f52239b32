/** What new objects of a map are given, from the text of its options. */

import { BsyncError } from "../model/errors.ts";
import type { DirectoryMap, MapOptionName } from "../model/map.ts";
import {
  type Encryption,
  ENCRYPTIONS,
  type HeaderRule,
  type ObjectSettings,
} from "../model/object-settings.ts";
import { headerText, parseHeader } from "./parse-header.ts";

type Settled = Pick<DirectoryMap, "root" | "options">;

/** @throws {BsyncError} an option says what this version does not know */
export function settingsOf({ root, options }: Settled): ObjectSettings {
  const { header, "storage-class": storageClass, sse } = options;
  const unknown = (name: MapOptionName, value: string): never => {
    throw new BsyncError(`${root}: the map has --${name} ${value}, which this version does not know`, {
      hint: `say --${name} for this run, or give the map another one: s3-bsync --init --dir`,
    });
  };
  const storedHeader = (line: string): HeaderRule => {
    const rule = parseHeader(line);
    return "fault" in rule ? unknown("header", line) : rule;
  };
  return {
    headers: header === undefined ? [] : header.split("\n").map(storedHeader),
    storageClass:
      storageClass === undefined || isStorageClass(storageClass)
        ? storageClass
        : unknown("storage-class", storageClass),
    encryption: sse === undefined ? undefined : (parseEncryption(sse) ?? unknown("sse", sse)),
  };
}

/** As one option of a map: a rule a line. */
export function headerOption(rules: readonly HeaderRule[]): string {
  return rules.map(headerText).join("\n");
}

/** Other servers have classes of their own. */
export function isStorageClass(text: string): boolean {
  return /^[A-Z][A-Z0-9_]{1,39}$/.test(text);
}

/** `AES256`, `aws:kms`, `aws:kms:dsse`, the last two with `:KEY-ID` if need be. @returns undefined: it is none of them */
export function parseEncryption(text: string): Encryption | undefined {
  // The longest one first: what is behind it is a key.
  const algorithm = ENCRYPTIONS.toReversed().find((each) => text === each || text.startsWith(`${each}:`));
  if (algorithm === undefined || text === algorithm) return algorithm && { algorithm, keyId: undefined };
  const keyId = text.slice(algorithm.length + 1);
  const isKey = algorithm !== "AES256" && /^[\w:/.-]{1,2048}$/.test(keyId);
  return isKey ? { algorithm, keyId } : undefined;
}
