/**
 * `npm run executable`: the program and Node in one file, `release/s3-bsync`, for systems like the one that it is made on.
 * See https://nodejs.org/docs/latest-v20.x/api/single-executable-applications.html
 */

import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { bundleInOne } from "./bundle.ts";
import { noticesOf } from "./notices.ts";

const FOLDER = "release";
const PARTS = `${FOLDER}/parts`;
const PROGRAM = `${FOLDER}/s3-bsync`;

/** By which Node knows that something was put into it. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

if (process.platform !== "linux") throw new Error("this is only known to work on Linux");

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(PARTS, { recursive: true });
const main = await bundleInOne("src/main.ts", `${PARTS}/main.cjs`);
const worker = await bundleInOne("src/envelope/zopfli-worker.ts", `${PARTS}/zopfli-worker.cjs`);

const config = {
  main: `${PARTS}/main.cjs`,
  output: `${PARTS}/blob`,
  disableExperimentalSEAWarning: true,
  useCodeCache: true,
  assets: { "zopfli-worker": `${PARTS}/zopfli-worker.cjs` },
};
writeFileSync(`${PARTS}/config.json`, JSON.stringify(config));
execFileSync(process.execPath, ["--experimental-sea-config", `${PARTS}/config.json`], { stdio: "inherit" });
copyFileSync(process.execPath, PROGRAM);
chmodSync(PROGRAM, 0o755);
const words = [PROGRAM, "NODE_SEA_BLOB", config.output, "--sentinel-fuse", FUSE];
execFileSync("npx", ["--no-install", "postject", ...words], { stdio: "inherit" });

const node = `Node.js ${process.version}, under the licence at https://github.com/nodejs/node/blob/${process.version}/LICENSE`;
writeFileSync(
  `${FOLDER}/THIRD-PARTY-NOTICES`,
  `The executable contains ${node}\n\n${noticesOf([main.metafile, worker.metafile])}`,
);
rmSync(PARTS, { recursive: true });
execFileSync(PROGRAM, ["--version"], { stdio: "inherit" });
