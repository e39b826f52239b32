/** A timer of the user's systemd. */

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemdService, systemdTimer } from "../core/schedule-texts.ts";
import { BsyncError } from "../model/errors.ts";
import { mustRun, type Place, type Scheduler } from "./scheduler.ts";

export function systemd({ home, env, run }: Place): Scheduler {
  const folder = join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "systemd/user");
  const timer = (name: string): string => join(folder, `${name}.timer`);
  const service = (name: string): string => join(folder, `${name}.service`);
  const systemctl = (...args: readonly string[]) => mustRun(run, "systemctl", ["--user", ...args]);
  const remove = async (name: string): Promise<readonly string[]> => {
    const paths = [timer(name), service(name)].filter((path) => existsSync(path));
    if (paths.length === 0) return [];
    await run("systemctl", ["--user", "disable", "--now", `${name}.timer`]);
    for (const path of paths) rmSync(path);
    await run("systemctl", ["--user", "daemon-reload"]);
    return paths;
  };
  return {
    isHere: async () => (await run("systemctl", ["--user", "show-environment"]))?.code === 0,
    async install(job) {
      const { name, words } = job;
      if (words[0]?.includes("$"))
        throw new BsyncError(`${words[0]}: systemd starts no program with a $ in its path`);
      await systemctl("show-environment");
      mkdirSync(folder, { recursive: true });
      writeFileSync(service(name), systemdService(job));
      writeFileSync(timer(name), systemdTimer(job));
      try {
        await systemctl("daemon-reload");
        await systemctl("enable", `${name}.timer`);
        await systemctl("restart", `${name}.timer`); // with the times as they are now
      } catch (error) {
        await remove(name);
        throw error;
      }
      const note = "it runs while you are logged in; for always: loginctl enable-linger";
      return { wrote: [service(name), timer(name)], note };
    },
    remove,
    async state(name) {
      if (!existsSync(timer(name))) return undefined;
      const ran = await run("systemctl", ["--user", "is-active", `${name}.timer`]);
      return { where: timer(name), isActive: ran?.code === 0 };
    },
  };
}
