/** A map as text. */

import { destinationOf, type DirectoryMap, MAP_OPTION_NAMES } from "../../model/map.ts";
import { shown } from "./escape.ts";

/** `/home/ann/docs <-> s3://bucket/docs` */
export function pairText(map: Pick<DirectoryMap, "root" | "bucket" | "prefix">): string {
  return `${shown(map.root)} <-> ${shown(destinationOf(map))}`;
}

/** `gzip 6, not recursive`; "" where all is as by default. */
export function optionsText({ gzip, gpg, email, recursive, options }: DirectoryMap): string {
  return [
    ...(gzip === 0 ? [] : [`gzip ${gzip}`]),
    ...(gpg ? [`gpg ${shown(email)}`] : []),
    ...(recursive ? [] : ["not recursive"]),
    ...MAP_OPTION_NAMES.flatMap((name) => {
      const value = options[name];
      if (value === undefined) return [];
      if (name === "header") return value.split("\n").map((rule) => `${name} ${shown(rule)}`);
      return [value === "true" ? name : `${name} ${shown(value)}`];
    }),
  ].join(", ");
}
