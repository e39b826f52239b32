/** Scenarios K 206, 213: large content goes through envelopes in bounded memory, and none of it lies about when a run dies. */

import assert from "node:assert/strict";
import {
  appendFileSync,
  chmodSync,
  type Dirent,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { atRequest, type Moment } from "../support/at-request.ts";
import { hashesHere, writeLarge } from "../support/large-content.ts";
import { answerError } from "../support/listing-page.ts";
import { peakMemoryIn } from "../support/preload.ts";
import { operationOf } from "../support/recording-proxy.ts";
import { onPath } from "../support/servers/run-command.ts";
import {
  ADDRESS,
  assertSealed,
  type Form,
  giveKeys,
  plainThere,
  sealedMachine,
  sealedScene,
  sorted,
  stored,
  writeAll,
} from "../support/sealed.ts";
import { at, type Machine, type Remote } from "../support/world.ts";

const MIB = 1024 * 1024;
const BOTH: Form = { gzip: 1, gpg: ADDRESS };
/** So that it goes up in parts, and comes in ranges. */
const LARGE = 20 * MIB;

/** Ids of uploads in parts that nobody has ended. */
async function uploads(R: Remote): Promise<readonly string[]> {
  const wanted = new ListMultipartUploadsCommand({ Bucket: R.bucket, Prefix: `${R.prefix}/` });
  const { Uploads = [] } = await R.client.send(wanted);
  return Uploads.map(({ UploadId }) => UploadId ?? "");
}

/** In MiB, of a run that must be silent. */
async function peakOf(machine: Machine): Promise<number> {
  const file = join(machine.home, "peak");
  assert.deepEqual(await machine.runWith(peakMemoryIn(file)), { code: 0, stdout: "", stderr: "" });
  return Number(readFileSync(file, "utf8")) / 1024;
}

describe("scenarios K: large content in envelopes", () => {
  for (const form of [{ gzip: 1 }, BOTH]) {
    const kind = Object.keys(form).join(" and ");
    sealedScene(
      `206 ${kind}: 160 MiB go there and to another machine in bounded memory (EN9)`,
      form,
      async (parts) => {
        const { world, machine, L, R, keyring } = parts;
        const other = await sealedMachine(world, form, keyring);
        writeAll(L, { small: "small" });
        const [upBase, downBase] = [await peakOf(machine), await peakOf(other)];

        const size = 160 * MIB;
        const sha256 = writeLarge(L.path("large"), size);
        utimesSync(L.path("large"), at(1) / 1000, at(1) / 1000);
        const [up, down] = [await peakOf(machine), await peakOf(other)];
        const { Metadata = {}, ContentLength = 0, ETag = "" } = await R.head("large");
        assert.equal(Metadata["bsync-size"], String(size));
        assert.equal(Metadata["bsync-sha256"], sha256);
        assert.match(ETag, /-\d+"$/);
        assert.ok(ContentLength >= size);
        assert.equal((await hashesHere(other.local))["large"], sha256);
        assert.equal(statSync(other.local.path("large")).mtimeMs, at(1));
        const growth = [up - upBase, down - downBase].map(Math.round);
        assert.ok(Math.max(...growth) < size / MIB, `${growth.join(" and ")} MiB`);
      },
    );
  }

  sealedScene(
    "206 a large file that changes while it is stored does not come into being (X4, RM14)",
    BOTH,
    async (parts) => {
      const { machine, L, R } = parts;
      writeAll(L, { small: "small" });
      await machine.sync();
      writeLarge(L.path("large"), LARGE);
      atRequest(machine.proxy, { operation: "UploadPart", nth: 2 }, () =>
        appendFileSync(L.path("large"), "more"),
      );
      const ran = await machine.run();
      assert.equal(ran.code, 3);
      assert.match(ran.stderr, /^s3-bsync: \S+\/large: [^\n]*changed[^\n]*\n$/);
      assert.deepEqual(await R.names(), ["small"]);
      assert.deepEqual(await uploads(R), []);
      utimesSync(L.path("large"), at(1) / 1000, at(1) / 1000);
      await machine.sync();
      await assertSealed(parts);
    },
  );

  sealedScene(
    "206 parts that the server refuses leave no upload behind, and the old object (RM14)",
    BOTH,
    async (parts) => {
      const { machine, L, R } = parts;
      writeAll(L, { large: "small as yet" });
      await machine.sync();
      const before = await stored(R, "large");
      writeLarge(L.path("large"), LARGE);
      utimesSync(L.path("large"), at(9) / 1000, at(9) / 1000); // not so young that it is looked at once more (R16)
      machine.proxy.instead = (request, response) => {
        if (operationOf(request) !== "UploadPart" || request.query.get("partNumber") !== "2") return false;
        answerError(response, 403, "AccessDenied");
        return true;
      };
      const ran = await machine.run();
      assert.equal(ran.code, 3, ran.stderr);
      assert.equal((await stored(R, "large")).etag, before.etag);
      assert.deepEqual(await uploads(R), []);
      machine.proxy.instead = () => false;
      await machine.sync();
      await assertSealed(parts);
    },
  );
});

const MARK = "a line of plain content that must not lie about\n";

/** Nothing readable is in any file beside the tree, and in it only under names of the user's or of ours. */
function assertNoPlaintext(machine: Machine, temp: string): void {
  const { home, local } = machine;
  for (const { name, parentPath } of filesBelow(home)) {
    const path = join(parentPath, name);
    if (path.startsWith(`${local.root}/`))
      assert.match(path, /\/tree\/(?:f|large|k|\.s3-bsync-[0-9a-f]{32})$/);
    else assert.ok(!readFileSync(path).includes(MARK), path);
  }
  assert.deepEqual(readdirSync(temp), []);
}

function filesBelow(folder: string): Dirent[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
}

interface Death {
  readonly going: "up" | "down";
  readonly when: Moment | "decrypted";
}

const DEATHS: Readonly<Record<string, Death>> = {
  "before a small object": { going: "up", when: { operation: "PutObject" } },
  "before an upload in parts": { going: "up", when: { operation: "CreateMultipartUpload" } },
  "in the middle of one": { going: "up", when: { operation: "UploadPart", nth: 2 } },
  "before its end": { going: "up", when: { operation: "CompleteMultipartUpload" } },
  "before the first byte comes": { going: "down", when: { operation: "GetObject" } },
  "between ranges": { going: "down", when: { operation: "GetObject", name: "/large", nth: 2 } },
  "when gpg has written all": { going: "down", when: "decrypted" },
};

/** A PATH with a gpg that is the user's, and after which the run that asked it to decrypt is no more. */
async function deadlyGpg(machine: Machine): Promise<string> {
  const folder = join(machine.home, "programs");
  mkdirSync(folder);
  const script = `#!/bin/sh\n${await onPath("gpg")} "$@"; code=$?\ncase "$*" in *--decrypt*) kill -9 $PPID; esac; exit $code\n`;
  writeFileSync(join(folder, "gpg"), script);
  chmodSync(join(folder, "gpg"), 0o700);
  return `${folder}:${process.env["PATH"] ?? ""}`;
}

describe("scenarios K: a run that dies", { concurrency: 2 }, () => {
  for (const [title, { going, when }] of Object.entries(DEATHS)) {
    sealedScene(
      `213 ${title}: nothing readable lies about, and the next run ends it (EN4)`,
      { gpg: ADDRESS },
      async (parts) => {
        const { world, machine, L, R, keyring } = parts;
        const temp = join(machine.home, "tmp");
        mkdirSync(temp);
        const source = going === "up" ? machine : await sealedMachine(world, { gpg: ADDRESS }, keyring);
        writeAll(source.local, { f: "as yet something else", k: "k" });
        await source.sync();
        await machine.sync();
        writeAll(source.local, { f: MARK, large: MARK.repeat(Math.ceil(LARGE / MARK.length)) }, 5);
        if (going === "down") await source.sync();

        const more = when === "decrypted" ? { PATH: await deadlyGpg(machine) } : {};
        giveKeys(machine, keyring, { TMPDIR: temp, ...more });
        const run = machine.start({});
        if (when !== "decrypted") {
          atRequest(machine.proxy, when, () => {
            run.signal("SIGKILL");
            return new Promise(() => {}); // the server never hears of this one
          });
        }
        assert.equal((await run.ended).code, null);
        machine.proxy.before = () => {};
        assertNoPlaintext(machine, temp);

        giveKeys(machine, keyring, { TMPDIR: temp });
        await machine.sync();
        assert.deepEqual(sorted(L.files()), sorted(source.local.files()));
        assert.deepEqual(await plainThere(R, keyring), sorted(L.files()));
        assert.deepEqual(await uploads(R), []);
        assertNoPlaintext(machine, temp);
      },
    );
  }
});
