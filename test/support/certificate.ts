/** A certificate for 127.0.0.1, by an authority that nobody knows. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { runCommand } from "./servers/run-command.ts";
import type { Tls } from "./strict-server.ts";

export interface Certificate extends Tls {
  /** Of the authority: who trusts it, trusts the certificate. */
  readonly caFile: string;
}

/** Made by the command openssl; all files lie in the folder. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const file = (name: string) => join(folder, name);
  const [caKey, caFile, request, extensions] = [
    file("ca.key"),
    file("ca.pem"),
    file("server.csr"),
    file("san"),
  ];
  const [keyFile, certificateFile] = [file("server.key"), file("server.pem")];
  const newKey = ["-newkey", "rsa:2048", "-nodes"];
  const authority = ["-subj", "/CN=s3-bsync test authority", "-days", "2", "-keyout", caKey, "-out", caFile];
  await runCommand("openssl", ["req", "-x509", ...newKey, ...authority]);
  await runCommand("openssl", [
    "req",
    ...newKey,
    "-subj",
    "/CN=127.0.0.1",
    "-keyout",
    keyFile,
    "-out",
    request,
  ]);
  writeFileSync(extensions, "subjectAltName=IP:127.0.0.1\n");
  const signing = ["-req", "-in", request, "-CA", caFile, "-CAkey", caKey, "-CAcreateserial", "-days", "2"];
  await runCommand("openssl", ["x509", ...signing, "-extfile", extensions, "-out", certificateFile]);
  return { caFile, keyFile, certificateFile };
}
