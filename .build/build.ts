/** `npm run build`: the program and the library in `dist`, with the licences of what they contain. */

import { rmSync, writeFileSync } from "node:fs";
import { bundle } from "./bundle.ts";
import { noticesOf } from "./notices.ts";

rmSync("dist", { recursive: true, force: true });
const { metafile } = await bundle(["src/main.ts", "src/library.ts"], "dist");
writeFileSync("dist/THIRD-PARTY-NOTICES", noticesOf([metafile]));
