/** Looks inside where the listings do not say enough, until an item asks nothing any more. Reads only. */

import { answerEqual, answerRecorded, equalByFacts } from "../core/answer.ts";
import { looksRecorded } from "../core/classify.ts";
import { partSize } from "../core/part-size.ts";
import type { Action } from "../model/action.ts";
import { PathError, Stale } from "../model/errors.ts";
import { type ContentEtags, isMd5Form } from "../model/etag.ts";
import type { LocalFile } from "../model/observation.ts";
import type { EqualAnswer, IsEqual, IsRecorded, Question, RecordedAnswer } from "../model/question.ts";
import type { OpenFile } from "../ports/file-tree.ts";
import type { ObjectFacts } from "../ports/object-store.ts";
import { withContent } from "./actions/with-content.ts";
import type { MapOrder, MapPorts } from "./map-ports.ts";

type Ports = Pick<MapPorts, "files" | "objects">;

/** @returns undefined: nothing is to be done after all */
export async function inspect(
  ports: Ports,
  order: Pick<MapOrder, "onConflict">,
  item: Action | Question,
): Promise<Action | undefined> {
  let open: Action | Question | undefined = item;
  try {
    while (open?.verb === "ask") {
      open =
        open.ask === "recorded"
          ? answerRecorded(open, await isRecorded(ports, open))
          : answerEqual(open, await isEqual(ports, open), order.onConflict);
    }
    return open;
  } catch (error) {
    if (!(error instanceof PathError) || open === undefined) throw error;
    return {
      verb: "leave",
      key: item.key,
      rule: item.rule,
      why: error.message,
      reported: true,
      ...beliedBy(open),
    };
  }
}

/** An edit that keeps size and time must not be forgotten because it could not be looked at now. */
export function beliedBy(item: Action | Question): Pick<Action, "belied"> {
  if (item.verb === "ask" && item.ask === "recorded") {
    return item.touched && looksRecorded(item.local, item.base) ? { belied: item.base } : {};
  }
  return item.belied === undefined ? {} : { belied: item.belied };
}

async function isRecorded(ports: Ports, question: IsRecorded): Promise<RecordedAnswer> {
  const content = await contentOf(ports, question.local);
  return { answer: await holdsRecorded(ports, question, content), content };
}

/** The digests that S3 would give to what the file holds. */
export function contentOf({ files }: Pick<Ports, "files">, local: LocalFile): Promise<ContentEtags> {
  return opened(files, local, (file) => file.etags(partSize(local.size)));
}

async function holdsRecorded(
  { files, objects }: Ports,
  { local, remote, base }: IsRecorded,
  found: ContentEtags,
): Promise<RecordedAnswer["answer"]> {
  if (found.single === base.etag || found.multipart === base.etag) return "yes";
  if (remote !== undefined && remote.etag === base.etag) {
    const facts = await objects.head(remote.key);
    if (facts?.object.etag === base.etag) {
      const { md5, partBytes } = facts;
      if (md5 !== undefined) return md5 === found.single ? "yes" : "no";
      const inParts =
        partBytes === undefined ? undefined : await opened(files, local, (file) => file.etags(partBytes));
      if (inParts?.multipart === base.etag) return "yes";
    }
    if (facts?.etagMayBeMd5 === false) return "unprovable";
  }
  return isMd5Form(base.etag) && objects.etagsMayBeMd5 ? "no" : "unprovable";
}

async function isEqual({ files, objects }: Ports, question: IsEqual): Promise<EqualAnswer> {
  const { local, remote } = question;
  return opened(files, local, async (file) => {
    const localNs = file.mtimeNs;
    const different = async (): Promise<EqualAnswer> => {
      const facts = await headOf(objects, question);
      return { equal: false, localNs, remoteNs: facts.mtimeNs };
    };
    const equal: EqualAnswer = { equal: true, localNs, remoteNs: localNs };
    if (remote.archived) {
      const { mtimeNs } = await headOf(objects, question);
      return { ...equal, equal: equalByFacts(question, mtimeNs) ? true : "unreadable", remoteNs: mtimeNs };
    }
    if (local.size !== remote.size) return different();

    const found = await file.etags(partSize(local.size));
    if (found.single === remote.etag || found.multipart === remote.etag) return equal;
    if (!isMd5Form(remote.etag)) {
      const { partBytes } = await headOf(objects, question);
      const parts = partBytes === undefined ? undefined : await file.etags(partBytes);
      if (parts?.multipart === remote.etag) return equal;
    }
    // Only equality is proof, and a digest in metadata may be that of a content before: so the bytes must say it.
    return withContent(objects, remote, async ({ facts, chunks }) =>
      (await file.equals(chunks)) ? equal : { equal: false, localNs, remoteNs: facts.mtimeNs },
    );
  });
}

async function headOf(objects: Ports["objects"], { remote }: IsEqual): Promise<ObjectFacts> {
  const facts = await objects.head(remote.key);
  if (facts === undefined || facts.object.etag !== remote.etag)
    throw new Stale("the object changed during the run");
  return facts;
}

async function opened<T>(
  files: Ports["files"],
  local: IsEqual["local"],
  look: (file: OpenFile) => Promise<T>,
): Promise<T> {
  const file = await files.open(local);
  try {
    return await look(file);
  } finally {
    file.close();
  }
}
