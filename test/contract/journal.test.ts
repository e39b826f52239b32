/** Both stores keep journals alike. */

import { join } from "node:path";
import { StateFile } from "../../src/state/state-file.ts";
import { MemoryStateStore } from "../support/memory-state-store.ts";
import { directoryMap } from "../support/state-bytes.ts";
import { tempDir } from "../support/temp-dir.ts";
import { journalContract } from "./journal.contract.ts";

const map = directoryMap();

journalContract("the state in memory", () => {
  const store = new MemoryStateStore(map);
  const kill = (): MemoryStateStore => {
    store.crash(false);
    return store;
  };
  return { map, store, kill, [Symbol.dispose]: () => {} };
});

journalContract("the state file", () => {
  const dir = tempDir("journal");
  const path = join(dir.path, "state");
  const stores = [new StateFile(path)];
  const [store] = stores;
  if (store === undefined) throw new Error("no store");
  store.setMaps([map]);
  const kill = (): StateFile => {
    const next = new StateFile(path);
    stores.push(next);
    return next;
  };
  const dispose = (): void => {
    for (const each of stores) each.close();
    dir.remove();
  };
  return { map, store, kill, [Symbol.dispose]: dispose };
});
