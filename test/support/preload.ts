/** What a run of the built command is told of the world before it begins, through NODE_OPTIONS. */

/** The clock is wrong by so much. */
export function clockOffBy(ms: number): NodeJS.ProcessEnv {
  return preloaded(`
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...args) { args.length === 0 ? super(Real.now() + ${ms}) : super(...args); }
      static now() { return Real.now() + ${ms}; }
    };`);
}

/** Every device has another number, as after a reboot. */
export function otherDevices(): NodeJS.ProcessEnv {
  return preloaded(`
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    for (const name of ["statSync", "lstatSync", "fstatSync"]) {
      const real = fs[name];
      fs[name] = (...args) => {
        const stats = real(...args);
        if (stats !== undefined) stats.dev += typeof stats.dev === "bigint" ? 1000n : 1000;
        return stats;
      };
    }
    syncBuiltinESMExports();`);
}

/** What is waited for between two tries passes fifty times as fast. */
export function hurried(): NodeJS.ProcessEnv {
  return preloaded(`
    import promises from "node:timers/promises";
    import { syncBuiltinESMExports } from "node:module";
    const { setTimeout } = promises;
    promises.setTimeout = (ms, ...more) => setTimeout(ms / 50, ...more);
    syncBuiltinESMExports();`);
}

/** As `hurried`, and a tenth of the time is enough to call a connection dead, or a run that is to end too slow. */
export function impatient(): NodeJS.ProcessEnv {
  return preloaded(`
    import { Socket } from "node:net";
    import promises from "node:timers/promises";
    import { syncBuiltinESMExports } from "node:module";
    const sooner = (of, name, at, times) => {
      const real = of[name];
      of[name] = function (...args) {
        args[at] /= times;
        return real.apply(this, args);
      };
    };
    sooner(promises, "setTimeout", 0, 50);
    sooner(globalThis, "setTimeout", 1, 10);
    sooner(Socket.prototype, "setTimeout", 0, 10);
    syncBuiltinESMExports();`);
}

/** Writes the most memory that the run ever held, in KiB, into a file as it ends. */
export function peakMemoryIn(file: string): NodeJS.ProcessEnv {
  // What the kernel keeps for a whole process begins with that of the parent; only this line begins anew.
  return preloaded(`
    import { readFileSync, writeFileSync } from "node:fs";
    process.on("exit", () => {
      let peak = process.resourceUsage().maxRSS;
      try {
        peak = /VmHWM:\\s*(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1];
      } catch {}
      writeFileSync(${JSON.stringify(file)}, String(peak));
    });`);
}

function preloaded(source: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` };
}
