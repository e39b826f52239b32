/** Walks a directory as a run does, in the order of the keys. `scan.ts DIRECTORY` */

import { directory } from "../../../src/local/directory.ts";
import { ownFigures } from "./own-figures.ts";

const files = directory(process.argv[2] ?? "", { keyPrefix: "", hidden: [] });
await ownFigures(async () => {
  const { batches } = files.scan({ recursive: true, overrides: new Map(), tracked: () => undefined });
  for await (const _ of batches);
});
