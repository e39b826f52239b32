/** Reads what `gpg --with-colons --list-keys` prints: a record a line, fields between colons, counted from 1. */

export interface ListedKey {
  readonly fingerprint: string;
  /** One letter (field 2): `r` revoked, `e` expired, `i` invalid, `n` never to be trusted, `d` disabled; any other is good. */
  readonly validity: string;
  /** Letters (field 12): upper case for the key as a whole, `E` that it can be encrypted to; lower case for this part. */
  readonly capabilities: string;
  readonly userIds: readonly ListedUserId[];
  readonly subkeys: readonly ListedSubkey[];
}

export interface ListedUserId {
  readonly validity: string;
  /** Such as `Ada <ada@example.org>`. */
  readonly text: string;
}

export interface ListedSubkey {
  readonly validity: string;
  readonly capabilities: string;
  /** Of secret keys (field 15): `#` its secret part is not here, `+` it is, else the number of the card that holds it. */
  readonly token: string;
}

/** Keys with the primary one as the first of their subkeys. Other records are left out. */
export function readKeys(listing: string): readonly ListedKey[] {
  const keys: (ListedKey & { fingerprint: string; userIds: ListedUserId[]; subkeys: ListedSubkey[] })[] = [];
  for (const line of listing.split("\n")) {
    const fields = line.split(":");
    const field = (number: number): string => fields[number - 1] ?? "";
    const part = { validity: field(2), capabilities: field(12), token: field(15) };
    const last = keys.at(-1);
    switch (field(1)) {
      case "pub":
      case "sec":
        keys.push({ ...part, fingerprint: "", userIds: [], subkeys: [part] });
        break;
      case "sub":
      case "ssb":
        last?.subkeys.push(part);
        break;
      case "uid":
        last?.userIds.push({ validity: field(2), text: unescaped(field(10)) });
        break;
      case "fpr": // the first is that of the primary key
        if (last?.fingerprint === "") last.fingerprint = field(10);
        break;
    }
  }
  return keys;
}

/** The address in a user id: between angle brackets, or all of it. */
export function addressIn(userId: string): string {
  return (/<([^<>]*)>\s*$/.exec(userId)?.[1] ?? userId).trim();
}

/** A colon and the like stand there as `\x3a`. */
function unescaped(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
