/**
 * Installs the programs that s3-bsync is measured against, into the cache of this user.
 *
 *     npm run bench:install
 */

import { findPeer, installPeer, PEER_NAMES } from "./peers.ts";

for (const name of PEER_NAMES) {
  try {
    await installPeer(name);
    const peer = await findPeer(name);
    console.log(`${name}: ${peer?.version ?? "not there"}`);
  } catch (error) {
    console.log(`${name}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
