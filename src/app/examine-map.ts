/** A close look at what a run of one map needs: its directory, the way to its bucket, its key. Reads only. */

import type { ExamineOptions } from "../cli/context.ts";
import { examineRoot } from "../local/examine-root.ts";
import { BsyncError } from "../model/errors.ts";
import type { MapFacts, WayToBucket } from "../model/examination.ts";
import type { DirectoryMap } from "../model/map.ts";
import { type Connection, connectionOf } from "../remote/wire/connection.ts";
import { examineWay } from "../remote/examine-way.ts";
import { EndpointsFile } from "../state/endpoints-file.ts";
import type { Surroundings } from "./surroundings.ts";

interface Tools extends Surroundings {
  /** The companion folder. */
  readonly folder: string;
}

/** @throws {BsyncError} a signal */
export async function examineMap(
  { folder, env, now }: Tools,
  map: DirectoryMap,
  { connection: ofRun, signal }: ExamineOptions,
): Promise<MapFacts> {
  const endpoints = new EndpointsFile(folder, now());
  const connection = await orWhyNot(() => connectionOf({ ...map.options, ...ofRun }, env));
  return {
    root: examineRoot(map.root),
    way:
      connection instanceof BsyncError
        ? nowhere(connection)
        : await examineWay({ ...map, connection, now, signal }),
    learnt: endpoints.memory(endpointOf(connection), map.bucket).facts,
    key: map.gpg ? await orWhyNot(() => keyOf(map, env)) : undefined,
  };
}

async function keyOf({ email }: DirectoryMap, env: Tools["env"]): Promise<{ readonly canDecrypt: boolean }> {
  const { findRecipient } = await import("../envelope/recipient.ts");
  const { canDecrypt } = await findRecipient(email, env);
  return { canDecrypt };
}

async function orWhyNot<T>(step: () => Promise<T>): Promise<T | BsyncError> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof BsyncError) return error;
    throw error;
  }
}

function endpointOf(connection: Connection | BsyncError): string {
  return connection instanceof BsyncError ? "" : (connection.endpoint ?? "");
}

/** Where it leads is not even known. */
function nowhere(error: BsyncError): WayToBucket {
  const untold = { clockAheadMs: undefined, versioning: "untold" } as const;
  return { endpoint: "", region: "", credentials: undefined, trouble: { of: "endpoint", error }, ...untold };
}
