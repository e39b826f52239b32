/** `npm run commands`: writes commands.md. */

import { writeFileSync } from "node:fs";
import { commandsMarkdown } from "./commands-markdown.ts";

writeFileSync(new URL("../../commands.md", import.meta.url), commandsMarkdown());
