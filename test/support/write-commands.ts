/** `npm run commands`: writes commands.md and the man page. */

import { writeFileSync } from "node:fs";
import { commandsMarkdown } from "./commands-markdown.ts";
import { manPage } from "./man-page.ts";

writeFileSync(new URL("../../commands.md", import.meta.url), commandsMarkdown());
writeFileSync(new URL("../../spec/s3-bsync.1", import.meta.url), manPage());
