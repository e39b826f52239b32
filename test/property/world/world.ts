/** Machines on one bucket, what users do to them, and what must hold of them whatever happens. */

import assert from "node:assert/strict";
import { IgnoreRules } from "../../../src/core/ignore-rules.ts";
import {
  directoryOf,
  isIgnoreFile,
  keyOfText,
  keyText,
  type ObjectKey,
} from "../../../src/model/object-key.ts";
import { looksRecorded } from "../../../src/core/classify.ts";
import { agreed, isUnknown, type LocalFile } from "../../../src/model/observation.ts";
import { contentEtags } from "../../../src/remote/writing/content-etags.ts";
import type { MemoryFileTree } from "../../support/memory-file-tree.ts";
import { MemoryObjectStore } from "../../support/memory-object-store.ts";
import type { Edit, MachineName, Place } from "./edit.ts";
import { Ghost } from "./ghost.ts";
import type { Run } from "./history.ts";
import { Life } from "./life.ts";
import { Machine, type Told } from "./machine.ts";
import type { Reached } from "./reached.ts";

export interface WorldOptions {
  readonly machines: readonly MachineName[];
  readonly inParts: boolean;
  readonly reached: Reached;
}

const HOUR_MS = 3_600_000;
const RULES = ["x\n", "d/\n", "a*\n", "*\n!é\n"] as const;

export class World {
  readonly bucket: MemoryObjectStore;
  readonly machines: ReadonlyMap<MachineName, Machine>;
  readonly ghost = new Ghost();
  readonly #reached: Reached;
  readonly #inParts: boolean;
  /** Written without a trace: no run need see them. */
  readonly #sneaked = new Set<string>();
  /**
   * Names of which a listing has not told the truth, or whose answer was lost: where the other side changes too
   * before anybody can look, an ended version is kept rather than a living one lost.
   */
  readonly #unsure = new Set<string>();
  /** A file is in its place, and nobody knows whether that is durable: what was agreed on is forgotten. */
  #forgetful = false;
  /** There were ignore files: what is ignored may clash with what is not, and both copies of it stay where rules change. */
  #ruled = false;
  /** Versions that a name has ever had, on any side. */
  readonly #past = new Map<string, string[]>();
  readonly #running = new Set<MachineName>();
  #nowMs = 1_900_000_000_000;
  #edits = 0;

  constructor({ machines, inParts, reached }: WorldOptions) {
    this.bucket = new MemoryObjectStore(inParts ? { copyMax: 0, putMax: 0 } : {});
    this.machines = new Map(machines.map((name) => [name, new Machine(this.bucket, inParts)]));
    this.#inParts = inParts;
    this.#reached = reached;
  }

  machine(name: MachineName): Machine {
    const machine = this.machines.get(name);
    if (machine === undefined) throw new Error(`there is no machine ${name}`);
    return machine;
  }

  /** These names are in sync, and have long been so. */
  begin(paths: readonly string[]): void {
    const momentMs = this.#nowMs - HOUR_MS;
    for (const path of paths) {
      const content = this.ghost.make();
      const { single, multipart } = contentEtags(Buffer.from(content));
      this.#put("bucket", path, content, momentMs - HOUR_MS);
      for (const { files, state } of this.machines.values()) {
        files.put(path, content, momentMs - HOUR_MS);
        const file = seenAt(files, path);
        if (file === undefined) throw new Error(`there is no ${path}`);
        state.records.set(file.key, agreed(file, this.#inParts ? multipart : single));
        state.remembered = { momentMs, identity: undefined };
      }
    }
  }

  /** Does what can be done there; the rest is no edit. */
  edit({ op, place, path, to, n }: Edit): void {
    const here = this.#text(place, path);
    // Equal sizes and times are common at one path: racy edits must be seen.
    const timeMs = this.#nowMs + 10 * path.length + (++this.#edits % 3);
    switch (op) {
      case "write":
        return this.#write(place, path, () => this.ghost.make(), timeMs);
      case "age":
        return this.#write(place, path, () => this.ghost.make(), timeMs - HOUR_MS);
      case "rules": {
        this.#ruled = true;
        const rules = `${directoryOf(path)}.s3syncignore`;
        return this.#write(place, rules, () => this.ghost.make(`${RULES[n % RULES.length] ?? ""}#`), timeMs);
      }
      case "touch":
        if (here !== undefined) this.#put(place, path, here, timeMs);
        return;
      case "erase":
        this.ghost.end(here, place);
        this.#erase(place, path);
        return;
      case "sneak":
        return this.#sneak(place, path);
      case "both":
        return this.#both(place, path, timeMs);
      case "restore": {
        const past = this.#past.get(path) ?? [];
        const version = past[n % past.length];
        if (version === undefined || version === here) return;
        this.#write(place, path, () => version, timeMs);
        if (this.#text(place, path) !== version) return;
        this.ghost.revive(version, place);
        this.ghost.spread(version);
        return;
      }
      case "move":
        return this.#move(place, path, to, timeMs);
    }
  }

  async run({ machine: name, faults, keepsTail, policy, backup, lie }: Omit<Run, "op">): Promise<Told> {
    const machine = this.machine(name);
    const other = [...this.machines.keys()].find((each) => each !== name);
    const life = new Life(faults, {
      edit: (edit) => this.edit(edit),
      meet: async () => {
        if (other !== undefined && !this.#running.has(other)) await this.run({ ...CALM, machine: other });
      },
      fired: ({ does }, point, key) => {
        this.#reached.count(does === "meet" ? does : `${does} at ${point}`);
        if ((does === "fail" || does === "end") && point.endsWith(" done")) this.#unsure.add(keyText(key));
        if (does === "fail" && (point === "commit done" || point === "rename done")) this.#forgetful = true;
      },
    });
    const hidden = lie?.how === "hides" ? this.#held(name, lie.path) : undefined;
    const edits = this.#edits;
    this.#running.add(name);
    const told = await machine.run(life, {
      startMs: (this.#nowMs += 60_000),
      onConflict: policy,
      backup,
      keepsTail,
      lie: lie === null ? undefined : { how: lie.how, key: keyOfText(lie.path) },
    });
    this.#running.delete(name);
    this.#reached.run(told, lie?.how);
    if (lie !== null) this.#unsure.add(lie.path);
    for (const { key } of told.cut) this.#unsure.add(keyText(key));
    if (
      lie !== null &&
      hidden !== undefined &&
      edits === this.#edits &&
      this.bucket.text(lie.path) === hidden
    )
      assert.equal(this.#held(name, lie.path), hidden, `${lie.path} is gone because a listing lacked it`);
    return told;
  }

  /** What the bucket holds of a name that the machine has too. */
  #held(name: MachineName, path: string): string | undefined {
    return this.machine(name).files.text(path) === undefined ? undefined : this.bucket.text(path);
  }

  assertNothingLost(): void {
    const alive = new Set<string>();
    for (const [, text] of this.bucket.contents()) alive.add(text);
    for (const { files, losers } of this.machines.values()) {
      for (const [, text] of files.contents()) alive.add(text);
      for (const { text } of losers) alive.add(text);
    }
    assert.deepEqual(this.ghost.missing(alive), [], "lost");
  }

  /** Nothing interferes any more: all sides come to hold the same, and then nothing moves. */
  async assertSettles(): Promise<void> {
    const codes = await this.#calmDown();
    const open = new Set(this.bucket.uploads.keys());
    for (const [name, machine] of this.machines) {
      const { files, state, unnamed } = machine;
      for (const id of unnamed) open.delete(id);
      const clashing = this.#clashing(machine);
      const isReported = this.#ruled && codes.get(name) === 3; // what is ignored stands in the way of a name, which is told
      if (!this.#ruled) assert.equal(codes.get(name), clashing.size > 0 ? 3 : 0, "exit code");
      for (const path of new Set([...files.paths(), ...this.bucket.paths()])) {
        const here = files.text(path);
        if (
          clashing.has(path) ||
          isReported ||
          this.#isLeft(machine, path) ||
          (here !== undefined && this.#sneaked.has(here))
        )
          continue;
        assert.equal(here, this.bucket.text(path), `${name}: ${path}`);
        if (here === undefined || this.#unsure.has(path) || this.#ruled || path.includes(".conflict-"))
          continue;
        assert.ok(!this.ghost.isGone(here), `${name}: ${path}: ${here} is back`);
      }
      assert.deepEqual([...files.setAside], [], "set aside");
      assert.equal(state.leftover(), undefined, "journal");
    }
    assert.deepEqual([...open], [], "open uploads");
  }

  /** Ascending by name. */
  contentsOf(place: Place): readonly (readonly [string, string])[] {
    const side = place === "bucket" ? this.bucket : this.machine(place).files;
    return [...side.contents()].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Where nobody else has edited, no run has changed anything, and there was never a conflict. */
  assertObeys(writer: Place, written: readonly (readonly [string, string])[]): void {
    if (this.#forgetful) return;
    assert.deepEqual(this.contentsOf(writer), written, `what was written in ${writer}`);
    for (const { losers } of this.machines.values()) {
      const conflicts = losers.filter(({ loser }) => loser.reason === "conflict");
      assert.deepEqual(
        conflicts.map(({ text }) => text),
        [],
        "no conflict",
      );
    }
  }

  /** Runs every machine by turns until nothing is written any more. @returns their last exit codes */
  async #calmDown(): Promise<ReadonlyMap<MachineName, number | undefined>> {
    const codes = new Map<MachineName, number | undefined>();
    for (let rounds = 0; rounds <= 2 * this.machines.size; rounds++) {
      const before = this.#writes();
      for (const machine of this.machines.keys())
        codes.set(machine, (await this.run({ ...CALM, machine })).code);
      if (this.#writes() === before) return codes;
    }
    assert.fail(`not still after ${2 * this.machines.size} rounds`);
  }

  #writes(): number {
    let writes = 0;
    for (const { objects, state } of this.machines.values())
      writes += objects.requests.put + objects.requests.delete + state.writes;
    return writes;
  }

  /** Nobody tracks it, and a side ignores it: an ignore file may even match itself, and stay where it is. */
  #isLeft({ files, state }: Machine, path: string): boolean {
    if (!this.#ruled || state.records.has(keyOfText(path))) return false;
    return ignores(files.contents(), path) || ignores(this.bucket.contents(), path);
  }

  /** Names that one directory cannot hold beside others. */
  #clashing({ files }: Machine): ReadonlySet<string> {
    const all = this.#ruled ? [...this.bucket.paths(), ...files.paths()] : this.bucket.paths();
    return new Set(
      all.filter((name) => all.some((each) => each.startsWith(`${name}/`) || name.startsWith(`${each}/`))),
    );
  }

  #write(place: Place, path: string, content: () => string, timeMs: number): void {
    if (this.#clashes(place, path)) return;
    this.ghost.end(this.#text(place, path), place);
    this.#put(place, path, content(), timeMs);
  }

  #sneak(place: Place, path: string): void {
    if (place === "bucket") return;
    const { files } = this.machine(place);
    const file = seenAt(files, path);
    const here = files.text(path);
    if (here === undefined || file === undefined) return;
    const content = this.ghost.make();
    this.ghost.end(here, place);
    this.#sneaked.add(content);
    this.#unsure.add(path);
    files.put(path, content, file.mtimeMs);
    this.#reached.count("sneak");
  }

  /** By chance it has the size and time of the record, which is older than any run need compare by content. */
  #noticeSneak(place: MachineName, path: string): void {
    const { files, state } = this.machine(place);
    const file = seenAt(files, path);
    const record = state.records.get(keyOfText(path));
    if (file === undefined || record === undefined || !looksRecorded(file, record)) return;
    const text = files.text(path) ?? "";
    if (file.mtimeMs >= state.remembered.momentMs - 2000 || etagsOf(text).includes(record.etag)) return;
    this.#sneaked.add(text);
    this.#unsure.add(path);
  }

  #both(place: Place, path: string, timeMs: number): void {
    if (place === "bucket" || this.#clashes(place, path)) return;
    if (this.#text(place, path) !== undefined || this.bucket.text(path) !== undefined) return;
    const content = this.ghost.make();
    this.ghost.spread(content);
    this.#put(place, path, content, timeMs);
    this.#put("bucket", path, content, timeMs);
  }

  #move(place: Place, from: string, to: string, timeMs: number): void {
    const text = this.#text(place, from);
    if (text === undefined || from === to || this.#clashes(place, to)) return;
    this.ghost.end(this.#text(place, to), place);
    this.ghost.spread(text);
    this.#reached.count("move");
    if (place !== "bucket") {
      const { files } = this.machine(place);
      const [source, target] = [seenAt(files, from), seenAt(files, to)];
      if (target?.mtimeMs === source?.mtimeMs) this.#sneaked.add(text);
      if (this.#sneaked.has(text)) this.#unsure.add(to);
      files.move(from, to);
      this.#noticeSneak(place, to);
      return;
    }
    this.bucket.put(to, text, { mtimeNs: BigInt(timeMs) * 1_000_000n });
    this.bucket.erase(from);
  }

  /** A directory is where a file should be, or the other way round. */
  #clashes(place: Place, path: string): boolean {
    if (place === "bucket") return false;
    const names = this.machine(place).files.paths();
    return names.some((each) => each.startsWith(`${path}/`) || path.startsWith(`${each}/`));
  }

  #text(place: Place, path: string): string | undefined {
    return place === "bucket" ? this.bucket.text(path) : this.machine(place).files.text(path);
  }

  #put(place: Place, path: string, content: string, timeMs: number): void {
    const past = this.#past.get(path);
    if (past === undefined) this.#past.set(path, [content]);
    else if (!past.includes(content)) past.push(content);
    if (place !== "bucket") {
      this.machine(place).files.put(path, content, timeMs);
      this.#noticeSneak(place, path);
    } else this.bucket.put(path, content, { mtimeNs: BigInt(timeMs) * 1_000_000n });
  }

  #erase(place: Place, path: string): void {
    if (place !== "bucket") this.machine(place).files.erase(path);
    else this.bucket.erase(path);
  }
}

/** By the ignore files of a side. */
function ignores(contents: Iterable<readonly [string, string]>, path: string): boolean {
  const texts = new Map<ObjectKey, string>();
  for (const [name, text] of contents) {
    const key = keyOfText(name);
    if (isIgnoreFile(key)) texts.set(directoryOf(key) as ObjectKey, text);
  }
  return texts.size > 0 && new IgnoreRules(texts, { recursive: true }).ignores(keyOfText(path));
}

function seenAt(files: MemoryFileTree, path: string): LocalFile | undefined {
  const seen = files.observe(keyOfText(path));
  return seen === undefined || isUnknown(seen) ? undefined : seen;
}

function etagsOf(text: string): readonly string[] {
  const { single, multipart } = contentEtags(Buffer.from(text));
  return [single, multipart];
}

/** A run that nothing happens to. */
const CALM: Omit<Run, "op" | "machine"> = {
  faults: [],
  keepsTail: true,
  policy: "newer",
  backup: "losers",
  lie: null,
};
