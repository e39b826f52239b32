/** Looks inside where the listings do not say enough, until an item asks nothing any more. Reads only. */

import { answerEncoding, answerEqual, answerRecorded, equalByFacts } from "../core/answer.ts";
import { looksRecorded } from "../core/classify.ts";
import { partSize } from "../core/part-size.ts";
import type { Action, Leave } from "../model/action.ts";
import { PathError } from "../model/errors.ts";
import { type Encoding, isEncrypted } from "../model/encoding.ts";
import { type Content, isMd5Form } from "../model/etag.ts";
import type { LocalFile } from "../model/observation.ts";
import type {
  EqualAnswer,
  IsEncoded,
  IsEqual,
  IsRecorded,
  Question,
  RecordedAnswer,
} from "../model/question.ts";
import type { OpenFile } from "../ports/file-tree.ts";
import type { MapOrder, MapPorts } from "./map-ports.ts";
import { opened, sameContent, seenFacts } from "./same-content.ts";

type Ports = Pick<MapPorts, "map" | "files" | "objects" | "envelope" | "hadEnvelopes">;
type Order = Pick<MapOrder, "onConflict" | "acceptPlain" | "reencode">;

export const NOT_ENCRYPTED = "it is not encrypted, and the map is: --accept-plain";

/** @returns undefined: nothing is to be done after all */
export async function inspect(
  ports: Ports,
  order: Order,
  item: Action | Question,
): Promise<Action | undefined> {
  let open: Action | Question | undefined = item;
  try {
    while (open?.verb === "ask") {
      if (open.ask === "recorded") open = await recordedOr(ports, order, open);
      else if (open.ask === "equal")
        open = answerEqual(open, await isEqual(ports, order, open), order.onConflict);
      else open = answerEncoding(open, await encodingOf(ports, open), ports.envelope.encoding);
    }
    return open;
  } catch (error) {
    if (!(error instanceof PathError) || open === undefined) throw error;
    return { ...left(open, error.message), rule: item.rule };
  }
}

export function left(item: Action | Question, why: string): Leave {
  const { key, rule } = item;
  return { verb: "leave", key, rule, why, reported: true, ...beliedBy(item) };
}

/** An edit that keeps size and time must not be forgotten because it could not be looked at now. */
export function beliedBy(item: Action | Question): Pick<Action, "belied"> {
  if (item.verb === "ask" && item.ask === "recorded") {
    return item.touched && looksRecorded(item.local, item.base) ? { belied: item.base } : {};
  }
  return item.belied === undefined ? {} : { belied: item.belied };
}

/** What is as it was recorded is stored anew where it lies in another envelope, if that is wanted. */
async function recordedOr(
  ports: Ports,
  { reencode }: Order,
  question: IsRecorded,
): Promise<Action | Question | undefined> {
  const next = answerRecorded(question, await isRecorded(ports, question));
  const { key, local, remote } = question;
  if (!reencode || remote === undefined || (next !== undefined && next.verb !== "adopt")) return next;
  const encoded: IsEncoded = { verb: "ask", ask: "encoding", key, rule: "R1", local, remote };
  return answerEncoding(encoded, await encodingOf(ports, encoded), ports.envelope.encoding) ?? next;
}

async function isRecorded(ports: Ports, question: IsRecorded): Promise<RecordedAnswer> {
  return opened(ports.files, question.local, async (file) => {
    const content = await contentOf(ports, file);
    return { answer: await holdsRecorded(ports, question, file, content), content };
  });
}

/** The digests that may be told of what the file holds. */
async function contentOf({ hadEnvelopes }: Pick<Ports, "hadEnvelopes">, file: OpenFile): Promise<Content> {
  const etags = await file.etags(partSize(file.file.size));
  return hadEnvelopes ? { ...etags, sha256: await file.sha256() } : etags;
}

export function lookInside(ports: Ports, local: LocalFile): Promise<Content> {
  return opened(ports.files, local, (file) => contentOf(ports, file));
}

async function holdsRecorded(
  { hadEnvelopes, objects }: Ports,
  { remote, base }: IsRecorded,
  file: OpenFile,
  found: Content,
): Promise<RecordedAnswer["answer"]> {
  // A file may hold just what is stored, envelope and all: that is not its content.
  const isContent = found.single === base.etag || found.multipart === base.etag;
  if (isContent && !hadEnvelopes) return "yes";
  if (remote !== undefined && remote.etag === base.etag) {
    const facts = await objects.head(remote.key);
    if (facts?.object.etag === base.etag) {
      const { md5, partBytes, enveloped } = facts;
      if (enveloped !== undefined) return enveloped.sha256 === (await file.sha256()) ? "yes" : "no";
      if (isContent) return "yes";
      if (md5 !== undefined) return md5 === found.single ? "yes" : "no";
      const inParts = partBytes === undefined ? undefined : await file.etags(partBytes);
      if (inParts?.multipart === base.etag) return "yes";
    }
    if (facts?.etagMayBeMd5 === false) return "unprovable";
  }
  const isDigest = isMd5Form(base.etag) && objects.etagsMayBeMd5 && !hadEnvelopes;
  return isDigest ? "no" : "unprovable";
}

async function isEqual(ports: Ports, { acceptPlain }: Order, question: IsEqual): Promise<EqualAnswer> {
  const { same, ...times } = await sameContent(ports, question, (encoding) => {
    if (ports.map.gpg && !acceptPlain && !isEncrypted(encoding)) throw new PathError(NOT_ENCRYPTED);
  });
  if (same !== "archived") return { equal: same, ...times };
  return { equal: equalByFacts(question, times.remoteNs) ? true : "unreadable", ...times };
}

async function encodingOf({ objects }: Ports, question: IsEncoded): Promise<Encoding> {
  return (await seenFacts(objects, question.remote)).enveloped?.encoding ?? "";
}
