/** The journal of a run under way: what waits to be durable is written together, with one sync for all of it. */

import { closeSync, constants, fchmodSync, fdatasync, fdatasyncSync, openSync, rmSync } from "node:fs";
import { write, writeSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { Intent } from "../model/intent.ts";
import type { ObjectKey } from "../model/object-key.ts";
import type { BaseEdit } from "../model/outcome.ts";
import type { Journal } from "../ports/journal.ts";
import { syncDirectory } from "./atomic-file.ts";
import { makePrivate } from "./companion.ts";
import { namedError } from "./fs-errors.ts";
import type { Claim, Header } from "./journal-claim.ts";
import { journalLine } from "./journal-line.ts";

/** Makes the content of a file durable. */
export type SyncFile = (fd: number) => Promise<void>;

const writeLater = promisify(write);
const HINT =
  "nothing is done to files or objects without a journal: make room, or move away what is in its place";

export class JournalFile implements Journal {
  readonly #path: string;
  readonly #header: () => Header;
  readonly #sync: SyncFile;
  readonly #open = new Map<ObjectKey, Intent>();
  #fd: number | undefined;
  /** Bytes that are durable. */
  #durable = 0;
  /** Being written. */
  #flight: Batch | undefined;
  #waiting = new Batch();
  #running = false;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;

  /**
   * @param path in the companion folder; the file is made at the first intent, and must not be there before
   * @param header asked for then
   */
  constructor(path: string, header: () => Header, sync: SyncFile = promisify(fdatasync)) {
    this.#path = path;
    this.#header = header;
    this.#sync = sync;
  }

  /** @throws {BsyncError} it cannot be written, now or at an earlier time */
  intend(intent: Intent): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    this.#open.set(intent.key, intent);
    return this.#add({ intent });
  }

  open(key: ObjectKey): Intent | undefined {
    return this.#open.get(key);
  }

  settle(key: ObjectKey, edit: BaseEdit | undefined): void {
    if (this.#open.delete(key)) void this.#add({ settled: key, edit });
  }

  /** Durable when it returns, with all that came before it. @throws {BsyncError} it cannot be written */
  claim(claim: Claim): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    const batches = this.#flight === undefined ? [this.#waiting] : [this.#flight, this.#waiting];
    const bytes = Buffer.from([...batches.flatMap(({ lines }) => lines), journalLine(claim)].join(""));
    try {
      // What is being written at this moment is written a second time, at the same place.
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at, undefined, this.#durable + at);
      fdatasyncSync(fd);
    } catch (error) {
      throw this.#named(error);
    }
    this.#durable += bytes.length;
    this.#flight = undefined;
    this.#waiting = new Batch();
    for (const batch of batches) batch.landed();
  }

  /** Nothing more goes into it; the file stays. */
  close(): void {
    this.#closed = true;
    this.#fail(new Error("the journal has ended"));
    if (!this.#running) this.#release();
  }

  /** Whether no intent is open. */
  get isSettled(): boolean {
    return this.#open.size === 0;
  }

  /** All of it is recorded. While an intent is open the file stays: the next run must look what became of it. */
  remove(): void {
    const stays = this.#fd === undefined || !this.isSettled;
    this.close();
    if (stays) return;
    try {
      rmSync(this.#path, { force: true });
      syncDirectory(dirname(this.#path));
    } catch (error) {
      throw this.#named(error);
    }
  }

  #add(entry: object): Promise<void> {
    this.#waiting.lines.push(journalLine(entry));
    if (!this.#running && this.#failure === undefined) void this.#run();
    return this.#waiting.durable;
  }

  async #run(): Promise<void> {
    this.#running = true;
    await Promise.resolve(); // what is told in the same turn goes together
    try {
      while (this.#failure === undefined && this.#waiting.lines.length > 0) await this.#commit();
    } catch (error) {
      this.#fail(this.#named(error, HINT));
    }
    this.#running = false;
    if (this.#closed) this.#release();
  }

  async #commit(): Promise<void> {
    const fd = this.#fd ?? this.#create();
    const batch = this.#waiting;
    this.#flight = batch;
    this.#waiting = new Batch();
    const bytes = Buffer.from(batch.lines.join(""));
    const from = this.#durable;
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await writeLater(fd, bytes, at, undefined, from + at);
      at += bytesWritten;
    }
    await this.#sync(fd);
    if (this.#flight !== batch) return; // a claim has made it durable meanwhile
    this.#durable += bytes.length;
    this.#flight = undefined;
    batch.landed();
  }

  #create(): number {
    const folder = dirname(this.#path);
    const header = journalLine(this.#header());
    makePrivate(folder);
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const fd = openSync(this.#path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    this.#fd = fd;
    this.#waiting.lines.unshift(header);
    fchmodSync(fd, 0o600); // whatever the umask
    syncDirectory(folder);
    return fd;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#flight?.failed(this.#failure.error);
    this.#waiting.failed(this.#failure.error);
  }

  #release(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #named(error: unknown, hint?: string): unknown {
    return namedError(`${this.#path} cannot be written`, error, hint);
  }
}

/** Lines that become durable at once. */
class Batch {
  readonly lines: string[] = [];
  landed: () => void = () => {};
  failed: (error: unknown) => void = () => {};
  readonly durable = new Promise<void>((resolve, reject) => {
    this.landed = resolve;
    this.failed = reject;
  });

  constructor() {
    this.durable.catch(() => {}); // nobody may be waiting
  }
}
