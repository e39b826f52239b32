/** An agent of launchd. */

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launchdPlist } from "../core/schedule-texts.ts";
import { mustRun, type Place, type Scheduler } from "./scheduler.ts";

export function launchd({ home, uid, run }: Place): Scheduler {
  const agents = join(home, "Library/LaunchAgents");
  const logs = join(home, "Library/Logs");
  const plist = (name: string): string => join(agents, `${name}.plist`);
  const log = (name: string): string => join(logs, `${name}.log`);
  const target = (name: string): string => `gui/${uid}/${name}`;
  const remove = async (name: string): Promise<readonly string[]> => {
    const paths = [plist(name), log(name)].filter((path) => existsSync(path));
    if (paths.length > 0) await run("launchctl", ["bootout", target(name)]);
    for (const path of paths) rmSync(path);
    return paths;
  };
  return {
    isHere: async () => (await run("launchctl", ["help"])) !== undefined,
    async install(job) {
      const { name } = job;
      for (const folder of [agents, logs]) mkdirSync(folder, { recursive: true });
      writeFileSync(plist(name), launchdPlist(job, log(name)));
      await run("launchctl", ["bootout", target(name)]); // an older one; there may be none
      try {
        await mustRun(run, "launchctl", ["bootstrap", `gui/${uid}`, plist(name)]);
      } catch (error) {
        await remove(name);
        throw error;
      }
      return { wrote: [plist(name)], note: `what it says goes to ${log(name)}` };
    },
    remove,
    async state(name) {
      if (!existsSync(plist(name))) return undefined;
      const ran = await run("launchctl", ["print", target(name)]);
      return { where: plist(name), isActive: ran?.code === 0 };
    },
  };
}
