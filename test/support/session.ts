/** A run of the command line without a process: its engine is in memory, its output is text. */

import type { Engine, SyncOptions } from "../../src/cli/context.ts";
import { run, type World } from "../../src/cli/run.ts";
import { BsyncError } from "../../src/model/errors.ts";
import { ExitCode } from "../../src/model/exit-code.ts";
import type { DirectoryMap } from "../../src/model/map.ts";
import type { MapFacts } from "../../src/model/examination.ts";
import { NO_FACTS } from "../../src/model/pair.ts";
import type { Backups } from "../../src/ports/backups.ts";
import type { Host } from "../../src/cli/host.ts";
import type { BaseRecord } from "../../src/model/observation.ts";
import { Score } from "../../src/core/totals.ts";
import type { MapResult, Reporter } from "../../src/ports/reporter.ts";
import { collector } from "./collector.ts";

export interface EngineSettings {
  /** Undefined: there is no state file. */
  readonly maps?: readonly DirectoryMap[];
  readonly records?: readonly BaseRecord[];
  /** Path to real path. */
  readonly directories?: Readonly<Record<string, string>>;
  /** What reading the state file throws. */
  readonly damage?: Error;
  readonly sync?: (reporter: Reporter, options: SyncOptions) => Promise<ExitCode>;
  readonly change?: Partial<Engine>;
}

export interface MemoryEngine extends Engine {
  /** The last options of `sync`. */
  readonly asked: () => SyncOptions | undefined;
}

const STATE_FILE = "/home/ann/.state.s3sync";

/** Runs commands that do nothing, and cannot watch: a watching process would never end. */
export const NO_HOST: Host = {
  shell: async () => undefined,
  watch: async () => {
    throw new BsyncError("nothing can be watched here");
  },
  schedule: async () => {
    throw new BsyncError("there is no scheduler here");
  },
  sleep: async () => {},
};

/** Of a map at which nothing is wrong. */
export const ALL_WELL: MapFacts = {
  root: { unreadable: undefined, unwritable: undefined, stepNs: 1, foldsNames: false },
  way: {
    endpoint: "https://s3.example",
    region: "eu-north-1",
    credentials: { source: "environment", expiresMs: undefined },
    trouble: undefined,
    clockAheadMs: 400,
    versioning: "on",
  },
  learnt: { ...NO_FACTS, conditionalPut: "honoured", conditionalDelete: "honoured" },
  key: undefined,
};

const NO_BACKUPS: Backups = {
  folder: `${STATE_FILE}.d/backups`,
  runs: () => [],
  sizeOf: () => 0,
  versions: () => [],
  async *read() {},
};

/** Keeps maps as the real engine does; syncs nothing. */
export function memoryEngine(settings: EngineSettings = {}): MemoryEngine {
  const { records = [], directories = {}, damage, sync } = settings;
  let { maps } = settings;
  let asked: SyncOptions | undefined;
  let broken = damage;
  function read<T>(value: T): T {
    if (broken !== undefined) throw broken;
    return value;
  }
  return {
    stateFile: STATE_FILE,
    asked: () => asked,
    async sync(options, reporter) {
      asked = options;
      return sync === undefined ? ExitCode.ok : sync(reporter, options);
    },
    verify: async () => ExitCode.ok,
    examineState: async () => ({
      nodeVersion: "20.20.0",
      maps: read(maps) ?? [],
      fileMode: 0o600,
      folderMode: 0o700,
      unwritable: undefined,
    }),
    examineMap: async () => ALL_WELL,
    open() {
      if (read(maps) === undefined)
        throw new BsyncError(`${STATE_FILE}: there is no state file`, { hint: "make one" });
      return { version: 1, syncedMs: 0, maps: maps ?? [], records: () => [records], close: () => undefined };
    },
    maps: () => read(maps),
    locked: (edit) => edit(),
    setMaps(next) {
      maps = next;
    },
    untrackIgnored: async () => 3,
    recover() {
      broken = undefined;
      return { setAside: `${STATE_FILE}.damaged`, maps: maps ?? [] };
    },
    async purge({ backups }) {
      if (read(maps) === undefined) return undefined;
      maps = undefined;
      return { removed: STATE_FILE, keptBackups: backups ? undefined : `${STATE_FILE}.d/backups` };
    },
    backups: async () => NO_BACKUPS,
    gpgKey: async () => ({ canDecrypt: true }),
    lastRun: () => ({ badEnd: undefined, wasCutOff: false }),
    endpoints: () => [],
    syncedMs: () => 0,
    reports: { last: () => undefined, keep: () => {}, clear: () => {} },
    host: NO_HOST,
    now: () => 0,
    async *restore() {},
    directory: (path) => directories[path],
    ...settings.change,
  };
}

export interface Session {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: ExitCode;
}

export async function session(
  argv: readonly string[],
  engine: Engine = memoryEngine(),
  world: Partial<World> = {},
): Promise<Session> {
  const stdout = collector();
  const stderr = collector();
  const exitCode = await run(argv, {
    stdout,
    stderr,
    signal: new AbortController().signal,
    home: "/home/ann",
    cwd: () => "/somewhere",
    prompt: undefined,
    screen: undefined,
    newEngine: async () => engine,
    ...world,
  });
  return { stdout: stdout.text(), stderr: stderr.text(), exitCode };
}

/** `--gzip 3 --dir /a s3://b` as words; no word holds a space. */
export function words(line: string): readonly string[] {
  return line === "" ? [] : line.split(" ");
}

/** Of a map in which nothing was to be done. */
export function aResult(change: Partial<MapResult> = {}): MapResult {
  return {
    exitCode: ExitCode.ok,
    error: undefined,
    totals: undefined,
    done: new Score(),
    requests: { list: 1, head: 0, get: 0, put: 0, delete: 0 },
    traffic: { up: 0, down: 0 },
    endpoint: "http://127.0.0.1:8333",
    ...change,
  };
}

export function aMap(change: Partial<DirectoryMap> = {}): DirectoryMap {
  return {
    root: "/data/docs",
    bucket: "bucket",
    prefix: "docs",
    gzip: 0,
    recursive: true,
    gpg: false,
    email: "",
    options: {},
    ...change,
  };
}
