/** What users do between two runs: edits and deletions on both sides, and a few conflicts. */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { inOrder } from "../../src/core/in-order.ts";
import type { Seat } from "./seat.ts";
import { marked, nameOf, noiseOf } from "./tree.ts";

export interface Turn {
  readonly client: S3Client;
  /** In this seat; begins with 0. */
  readonly turn: number;
}

export type Change = (seat: Seat, turn: Turn) => Promise<void>;

const CONFLICTS = 10;
const REQUESTS_AT_ONCE = 16;

/** Which files: deleted ones from the first quarter, conflicts from the second, edited ones from the second half. */
export const changeBothSides: Change = async (seat, { client, turn }) => {
  const { files, bytes } = seat.shape;
  const content = marked(noiseOf(bytes), `edited in turn ${turn}`);
  const edits = Math.ceil(files / 200);
  const deletions = Math.ceil(files / 2000);
  const half = Math.floor(files / 2);
  const quarter = Math.floor(files / 4);
  const range = (from: number, length: number, count: number): string[] =>
    Array.from({ length: count }, (_, index) => nameOf(from + ((turn * count + index) % length)));

  const [editedHere, editedThere] = halves(range(half, half, edits * 2));
  const [deletedHere, deletedThere] = halves(range(0, quarter, deletions * 2));
  const conflicts = range(quarter, quarter, CONFLICTS);
  for (const name of [...editedHere, ...conflicts]) writeFileSync(join(seat.tree, name), content);
  for (const name of deletedHere) rmSync(join(seat.tree, name), { force: true });

  const at = (name: string) => ({ Bucket: seat.bucket, Key: `${seat.prefix}/${name}` });
  const Body = marked(noiseOf(bytes), `edited there in turn ${turn}`);
  const requests = [
    ...[...editedThere, ...conflicts].map(
      (name) => () => client.send(new PutObjectCommand({ ...at(name), Body })),
    ),
    ...deletedThere.map((name) => () => client.send(new DeleteObjectCommand(at(name)))),
  ];
  for await (const _ of inOrder(requests, async (send) => void (await send()), {
    concurrency: REQUESTS_AT_ONCE,
    window: REQUESTS_AT_ONCE,
  }));
};

function halves<T>(all: readonly T[]): readonly [readonly T[], readonly T[]] {
  const half = all.length >> 1;
  return [all.slice(0, half), all.slice(half)];
}
