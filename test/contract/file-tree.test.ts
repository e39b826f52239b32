/** The file tree's contract on memory and on a real directory. */

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { directory } from "../../src/local/directory.ts";
import { MemoryFileTree } from "../support/memory-file-tree.ts";
import { tempDir } from "../support/temp-dir.ts";
import type { FileTreeFixture, FileTreeWorld } from "../support/tree-world.ts";
import { describeTreeChanges } from "./file-tree-changes.contract.ts";
import { describeFileTree } from "./file-tree.contract.ts";

const memory: FileTreeFixture = {
  name: "memory",
  async open(): Promise<FileTreeWorld> {
    const tree = new MemoryFileTree();
    return {
      tree,
      put: (path, content, mtimeMs) => tree.put(path, content, mtimeMs),
      text: (path) => tree.text(path),
      erase: (path) => tree.erase(path),
      paths: () => [...tree.paths(), ...tree.setAside].toSorted(),
      async [Symbol.asyncDispose]() {
        // nothing is held
      },
    };
  },
};

const onDisk: FileTreeFixture = {
  name: "directory",
  async open(): Promise<FileTreeWorld> {
    const { path: root, remove } = tempDir("tree");
    const at = (path: string): string => join(root, path);
    return {
      tree: directory(root, { keyPrefix: "", hidden: [] }),
      put(path, content, mtimeMs) {
        mkdirSync(dirname(at(path)), { recursive: true });
        writeFileSync(at(path), content);
        if (mtimeMs !== undefined) utimesSync(at(path), mtimeMs / 1000, mtimeMs / 1000);
      },
      text: (path) => (isFile(at(path)) ? readFileSync(at(path), "utf8") : undefined),
      erase: (path) => rmSync(at(path)),
      paths: () =>
        readdirSync(root, { recursive: true, withFileTypes: true })
          .filter((each) => !each.isDirectory())
          .map((each) => relative(root, join(each.parentPath, each.name)))
          .toSorted(),
      async [Symbol.asyncDispose]() {
        remove();
      },
    };
  },
};

for (const fixture of [memory, onDisk]) {
  describeFileTree(fixture);
  describeTreeChanges(fixture);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
