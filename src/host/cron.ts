/** A line of the user's crontab. */

import { cronHas, cronTable, cronTimes } from "../core/schedule-texts.ts";
import { BsyncError } from "../model/errors.ts";
import { mustRun, type Place, type Scheduler } from "./scheduler.ts";

const WHERE = "a line of crontab -l";

export function cron({ run }: Place): Scheduler {
  /** A table that cannot be read is never replaced. */
  const read = async (): Promise<string> => {
    const ran = await run("crontab", ["-l"]);
    if (ran !== undefined && ran.code !== 0 && /no crontab|no such file/i.test(ran.stderr)) return "";
    return (ran?.code === 0 ? ran : await mustRun(run, "crontab", ["-l"])).stdout;
  };
  const write = (table: string) => mustRun(run, "crontab", ["-"], table);
  return {
    isHere: async () => (await run("crontab", ["-l"])) !== undefined,
    async install(job) {
      const times = cronTimes(job.everyMinutes);
      if (times === undefined)
        throw new BsyncError(`cron cannot run something every ${job.everyMinutes} minutes`, {
          hint: "--every takes, for cron, a divisor of 60, or hours that divide 24: 15, 30, 60, 120",
        });
      await write(cronTable(await read(), job, times));
      return { wrote: [WHERE], note: "cron mails what it says, where the machine can send mail" };
    },
    async remove(name) {
      const isHere = (await run("crontab", ["-l"])) !== undefined;
      const table = isHere ? await read() : "";
      if (!cronHas(table, name)) return [];
      await write(cronTable(table, { name, words: [], everyMinutes: 0 }, undefined));
      return [WHERE];
    },
    async state(name) {
      const isHere = (await run("crontab", ["-l"])) !== undefined;
      return isHere && cronHas(await read(), name) ? { where: WHERE, isActive: true } : undefined;
    },
  };
}
