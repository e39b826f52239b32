/** What unattended runs need of the machine, each part loaded when it is asked for. */

import type { Host } from "../cli/host.ts";
import type { Surroundings } from "./surroundings.ts";

export function newHost({ env }: Surroundings): Host {
  return {
    async shell(command, given) {
      const { shell } = await import("../host/shell.ts");
      return shell(command, { ...given, env: { ...env, ...given.env } });
    },
  };
}
