/** The servers that tests can run on, and what is the same for all of them. */

export type ServerKind = "seaweedfs" | "minio" | "strict";

export interface Account {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Of servers that we start ourselves, on the loopback interface only. */
export const TEST_ACCOUNT: Account = {
  region: "us-east-1",
  accessKeyId: "s3bsynctest",
  secretAccessKey: "s3bsynctestsecret",
};

/** A server that runs. `stop` leaves no process and no file of it, and may be called again. */
export interface StartedServer {
  readonly name: string;
  readonly endpoint: string;
  stop(): Promise<void>;
}
