/** A directory of its own below the system's temporary folder, gone when its owner is done. */

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TempDir extends Disposable {
  /** Absolute, symlinks resolved. */
  readonly path: string;
  remove(): void;
}

export function tempDir(purpose = "test"): TempDir {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `s3-bsync-${purpose}-`)));
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  return { path, remove, [Symbol.dispose]: remove };
}
