/** The engine from its real parts: the only place where adapters meet. */

import { mkdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { versions } from "node:process";

import type { Engine, SyncOptions } from "../cli/context.ts";
import { errorCode, errorWords } from "../core/error-words.ts";
import { directory } from "../local/directory.ts";
import { BsyncError } from "../model/errors.ts";
import { keyPrefix } from "../model/object-key.ts";
import type { Backups } from "../ports/backups.ts";
import type { FileTree } from "../ports/file-tree.ts";
import { badEnd, noteEnd } from "../state/bad-end.ts";
import { companionOf, followLinks } from "../state/companion.ts";
import { reportFile } from "../state/report-file.ts";
import { takeLock } from "../state/lock.ts";
import { EndpointsFile } from "../state/endpoints-file.ts";
import { spoolIn } from "../state/spool-file.ts";
import { StateFile } from "../state/state-file.ts";
import { newHost } from "./host.ts";
import type { Surroundings } from "./surroundings.ts";

/** Loads the S3 client only where it is needed. */
export function newEngine(surroundings: Surroundings): Engine {
  const { pid, hostname, tmpdir, now } = surroundings;
  const stateFile = followLinks(surroundings.stateFile);
  const folder = companionOf(stateFile);
  const state = new StateFile(stateFile, tmpdir);
  const lockedBy = async <T>(edit: () => Promise<T>): Promise<T> => {
    const lock = takeLock(folder, { pid, hostname });
    try {
      return await edit();
    } finally {
      lock.release();
    }
  };
  const backups = async (scratch: string): Promise<Backups> => {
    const { backupFolder } = await import("../backup/backup-folder.ts");
    const { plainEnvelope } = await import("./envelope-for.ts");
    return backupFolder(join(folder, "backups"), plainEnvelope({ ...surroundings, scratch }));
  };
  /** Of uploads that were cut off nothing is known without the network: they stay. */
  const sweepLeftovers = async (): Promise<void> => {
    const { clearStray } = await import("../sync/recover.ts");
    for (const { map, leftover } of state.leftovers()) {
      const files = directory(map.root, { keyPrefix: keyPrefix(map.prefix), hidden: [stateFile, folder] });
      await clearStray({ files, objects: { abort: async () => {} } }, leftover);
    }
  };
  return {
    stateFile,
    async sync(options: SyncOptions, reporter) {
      const { syncMaps } = await import("./sync-maps.ts");
      const run = () => syncMaps({ ...surroundings, stateFile, folder }, options, reporter);
      if (options.dryRun) return run();
      return lockedBy(async () => {
        const exitCode = await run();
        noteEnd(folder, { exitCode, endedMs: now() });
        return exitCode;
      });
    },
    async verify(options, reporter) {
      const { verifyMaps } = await import("./verify-maps.ts");
      return verifyMaps({ ...surroundings, stateFile, folder }, options, reporter);
    },
    async examineState() {
      const { examineState } = await import("../state/examine-state.ts");
      const contents = state.snapshot();
      const { maps } = contents;
      contents.close();
      return { nodeVersion: versions.node, maps, ...examineState(stateFile, folder) };
    },
    async examineMap(map, options) {
      const { examineMap } = await import("./examine-map.ts");
      return examineMap({ ...surroundings, folder }, map, options);
    },
    open: () => state.snapshot(),
    maps: () => state.maps(),
    locked: lockedBy,
    setMaps: (maps) => state.setMaps(maps),
    async untrackIgnored(map) {
      if (state.leftover(map) !== undefined)
        throw new BsyncError(`${map.root}: its last run was cut off`, {
          hint: "s3-bsync settles that; then say this again",
        });
      const { untrackIgnored } = await import("../sync/untrack-ignored.ts");
      const files = directory(map.root, { keyPrefix: keyPrefix(map.prefix), hidden: [stateFile, folder] });
      return untrackIgnored(map, { files, state, newSpool: spoolIn(folder) });
    },
    recover: () => state.recover(),
    async purge(options) {
      await sweepLeftovers();
      return state.purge(options);
    },
    backups: () => backups(tmpdir),
    async *restore(to, order) {
      const { restore } = await import("../sync/restore.ts");
      const files = (): FileTree | undefined => {
        if (!order.dryRun) makeDirectory(to);
        else if (directoryAt(to) === undefined) return undefined;
        return directory(to, { keyPrefix: "", hidden: [stateFile, folder] });
      };
      yield* restore({ backups: await backups(order.dryRun ? tmpdir : folder), files }, order);
    },
    async gpgKey(name) {
      const { findRecipient } = await import("../envelope/recipient.ts");
      return findRecipient(name, surroundings.env);
    },
    lastRun: () => ({ badEnd: badEnd(folder), wasCutOff: state.leftovers().length > 0 }),
    endpoints: () => new EndpointsFile(folder, now()).all(),
    syncedMs: (map) => new StateFile(stateFile, tmpdir).memory(map).momentMs,
    reports: reportFile(folder),
    host: newHost({ ...surroundings, stateFile }, [stateFile, folder]),
    now,
    directory: directoryAt,
  };
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new BsyncError(`${path}: cannot be made: ${errorWords(code)}`, { cause: error });
  }
}

function directoryAt(path: string): string | undefined {
  try {
    return statSync(path).isDirectory() ? realpathSync(path) : undefined;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
