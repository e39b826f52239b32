/** A user's editor in another process: saves a new file by rename at each path that it is sent, and says when it has. */

import { renameSync, writeFileSync } from "node:fs";

process.on("message", (path: string) => {
  writeFileSync(`${path}.editor`, "of the user");
  renameSync(`${path}.editor`, path);
  process.send?.("saved");
});
