/** Runs a program so that the modes of files bind it, even where the tests run as root. */

import { spawnSync } from "node:child_process";

/** What must stand before a command; undefined: root is bound by nothing here. */
export function boundByModes(): readonly string[] | undefined {
  if (process.getuid?.() !== 0) return [];
  const words = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] as const;
  const [command, ...options] = words;
  return spawnSync(command, [...options, "true"], { stdio: "ignore" }).status === 0 ? words : undefined;
}

export const NOT_BOUND = "root is bound by no mode here: this needs another user, or setpriv";
