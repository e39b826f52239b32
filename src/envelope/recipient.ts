/** Finds the one key that a map is encrypted to, in the user's keyring. */

import type { PublicKey } from "openpgp";
import { BsyncError } from "../model/errors.ts";
import { usable, type EncryptionKey } from "./encrypt.ts";
import { askGpg, isWithoutAgent, type Env } from "./gpg.ts";
import { addressIn, readKeys, type ListedKey } from "./key-listing.ts";

export interface Recipient extends EncryptionKey {
  /** Upper-case hex. */
  readonly fingerprint: string;
  /** Its secret key is on this machine, locked or not. Also true while the agent, which knows, does not answer. */
  readonly canDecrypt: boolean;
}

/**
 * A key's trust is not asked for: that it is the right one is for the user who names it.
 * @param name an e-mail address that one of its user ids has, or a fingerprint or long id
 * @throws {BsyncError} none, several, expired, revoked, no encryption key, gpg is not installed: each says what to do
 */
export async function findRecipient(name: string, env: Env): Promise<Recipient> {
  const { fingerprint } = theOne(await listed("--list-keys", name, env), name);
  const key = await exported(fingerprint, env);
  await usable(key, name);
  return { key, name, fingerprint, canDecrypt: await hasSecretKey(fingerprint, env) };
}

async function listed(command: string, name: string, env: Env): Promise<readonly ListedKey[]> {
  const asked = isAddress(name) ? `<${name}>` : name;
  const { stdout } = await askGpg(["--with-colons", command, "--", asked], env); // none at all is exit code 2
  return readKeys(stdout.toString());
}

function theOne(keys: readonly ListedKey[], name: string): ListedKey {
  const named = isAddress(name) ? keys.filter((key) => idsWith(key, name).length > 0) : keys;
  const [first, ...others] = named.filter((key) => faultOf(key, name) === undefined);
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    const fingerprints = [first, ...others].map(({ fingerprint }) => fingerprint);
    throw new BsyncError(`several GPG keys are of ${name}: ${fingerprints.join(", ")}`, {
      hint: `name one by its fingerprint: --gpg ${first.fingerprint}`,
    });
  }
  const fault = named.map((key) => faultOf(key, name)).find((each) => each !== undefined);
  if (fault !== undefined) throw new BsyncError(`the GPG key of ${name} ${fault.is}`, { hint: fault.hint });
  throw new BsyncError(`no GPG key of ${name} is in the keyring`, {
    hint: "gpg --list-keys shows those that are; gpg --import FILE adds one",
  });
}

interface Fault {
  /** Goes on after "the key". */
  readonly is: string;
  readonly hint: string;
}

const ANOTHER = "name another key with --gpg";

/** Why it cannot be encrypted to. */
function faultOf(key: ListedKey, name: string): Fault | undefined {
  const { validity, capabilities, fingerprint, subkeys } = key;
  const extend = `gpg --quick-set-expire ${fingerprint} 1y, or ${ANOTHER}`;
  if (validity === "r") return { is: "is revoked", hint: ANOTHER };
  if (validity === "e") return { is: "has expired", hint: extend };
  if (validity === "d" || capabilities.includes("D"))
    return { is: "is disabled", hint: `gpg --edit-key ${fingerprint} enable, or ${ANOTHER}` };
  if (validity === "i" || validity === "n") return { is: "is marked as not to be used", hint: ANOTHER };
  if (isAddress(name) && idsWith(key, name).every((id) => /[reidn]/.test(id.validity)))
    return { is: "has this address no longer", hint: ANOTHER };
  if (capabilities.includes("E")) return undefined;
  const once = subkeys.filter((each) => each.capabilities.includes("e"));
  if (once.some((each) => each.validity === "e"))
    return {
      is: "has an encryption subkey that has expired",
      hint: `gpg --quick-set-expire ${fingerprint} 1y '*', or ${ANOTHER}`,
    };
  if (once.some((each) => each.validity === "r"))
    return {
      is: "has an encryption subkey that is revoked",
      hint: `gpg --quick-add-key ${fingerprint} default encr, or ${ANOTHER}`,
    };
  return {
    is: "has no encryption subkey",
    hint: `gpg --quick-add-key ${fingerprint} default encr, or ${ANOTHER}`,
  };
}

/** The public key alone, with its newest signatures. */
async function exported(fingerprint: string, env: Env): Promise<PublicKey> {
  const args = ["--export-options", "export-minimal", "--export", "--", fingerprint];
  const { stdout } = await askGpg(args, env);
  const { readKeys: read } = await import("openpgp");
  try {
    for (const key of await read({ binaryKeys: stdout })) {
      if (key.getFingerprint().toUpperCase() === fingerprint) return key.toPublic();
    }
  } catch (cause) {
    throw unreadable(fingerprint, cause);
  }
  throw unreadable(fingerprint);
}

function unreadable(fingerprint: string, cause?: unknown): BsyncError {
  return new BsyncError(`the GPG key ${fingerprint} is of a kind that cannot be read`, {
    hint: ANOTHER,
    cause,
  });
}

async function hasSecretKey(fingerprint: string, env: Env): Promise<boolean> {
  const args = ["--with-colons", "--list-secret-keys", "--", fingerprint];
  const { stdout, stderr } = await askGpg(args, env);
  if (isWithoutAgent(stderr)) return true;
  return readKeys(stdout.toString())
    .flatMap(({ subkeys }) => subkeys)
    .some(({ capabilities, token }) => capabilities.includes("e") && token !== "#");
}

function idsWith(key: ListedKey, address: string): ListedKey["userIds"] {
  return key.userIds.filter((id) => addressIn(id.text).toLowerCase() === address.toLowerCase());
}

function isAddress(name: string): boolean {
  return name.includes("@");
}
