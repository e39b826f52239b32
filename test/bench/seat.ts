/** Where one program works in one turn: its directory, its prefix, its home. */

import type { S3Server } from "../support/s3-server.ts";
import type { TreeShape } from "./tree.ts";

export interface Seat {
  readonly tree: string;
  /** Of this program alone, outside of the tree. */
  readonly home: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly endpoint: string;
  /** Of the files that are, or will be, in the tree and below the prefix. */
  readonly shape: TreeShape;
  /** What every program is told: nothing of this user's own settings reaches it. */
  readonly env: NodeJS.ProcessEnv;
}

export type Places = Omit<Seat, "env">;

export function seatAt(
  places: Places,
  server: Pick<S3Server, "accessKeyId" | "secretAccessKey" | "region">,
): Seat {
  const { home, endpoint } = places;
  return {
    ...places,
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      AWS_ACCESS_KEY_ID: server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
      AWS_REGION: server.region,
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: "true",
      S3_ENDPOINT_URL: endpoint,
      RCLONE_CONFIG: `${home}/rclone.conf`,
      RCLONE_CONFIG_S3_TYPE: "s3",
      RCLONE_CONFIG_S3_PROVIDER: "Other",
      RCLONE_CONFIG_S3_ENV_AUTH: "true",
      RCLONE_CONFIG_S3_ENDPOINT: endpoint,
      RCLONE_CONFIG_S3_REGION: server.region,
      // As it does with AWS; other servers it asks in the older way.
      RCLONE_CONFIG_S3_LIST_VERSION: "2",
    },
  };
}

export function destinationOf({ bucket, prefix }: Seat): string {
  return `s3://${bucket}/${prefix}`;
}
