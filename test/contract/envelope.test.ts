/** The envelope's contract on every form of content. */

import { envelopeOf } from "../../src/envelope/envelope.ts";
import { encodingOf, type Enveloped } from "../../src/model/encoding.ts";
import { decryptTools } from "../support/enveloped.ts";
import { newKeyring, WITHOUT_GPG } from "../support/keyring.ts";
import { describeEnvelope } from "./envelope.contract.ts";

for (const gzip of [1, 9]) {
  const map = { gzip, gpg: false, email: "" };
  describeEnvelope({
    name: `gzip ${gzip}`,
    encoding: encodingOf(map) as Enveloped["encoding"],
    runs: 25,
    skip: false,
    async open() {
      const tools = decryptTools({});
      return { envelope: await envelopeOf(map, tools), [Symbol.dispose]: () => tools[Symbol.dispose]() };
    },
  });
}

for (const gzip of [0, 1]) {
  const map = { gzip, gpg: true, email: "ada@example.org" };
  describeEnvelope({
    name: gzip === 0 ? "OpenPGP" : "gzip and OpenPGP",
    encoding: encodingOf(map) as Enveloped["encoding"],
    runs: 12,
    skip: WITHOUT_GPG,
    async open() {
      const keyring = newKeyring();
      keyring.add("Ada <ada@example.org>");
      const tools = decryptTools(keyring.env);
      return {
        envelope: await envelopeOf(map, tools),
        [Symbol.dispose]() {
          tools[Symbol.dispose]();
          keyring[Symbol.dispose]();
        },
      };
    },
  });
}
