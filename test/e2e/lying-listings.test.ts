/** Scenarios H: listings that fail, and listings that lie. */

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe } from "node:test";
import { answer, answerError, list, listed, listInTwo, type PageObject } from "../support/listing-page.ts";
import { assertNothingDone, assertRefused, type Parts, scene, synced } from "../support/scene.ts";
import { assertSettled } from "../support/world.ts";

/** What the second page of a listing may be instead of a page. */
const BROKEN_PAGES: Readonly<Record<string, (response: ServerResponse, page: string) => unknown>> = {
  "an error 500": (response) => answerError(response, 500, "InternalError"),
  "a broken connection": (response) => response.destroy(),
  "a page of HTML": (response) => answer(response, "<html><body>Please log in</body></html>"),
  "an empty body": (response) => answer(response, ""),
  "XML that is none": (response, page) => answer(response, page.replace("</Contents>", "</Content>")),
  "half of a page": (response, page) => answer(response, page.slice(0, page.length / 2)),
  "a page that does not say whether it is the last": (response, page) =>
    answer(response, page.replace(/<IsTruncated>.*<\/IsTruncated>/, "")),
  "a page that goes on, but not where": (response, page) =>
    answer(response, page.replace("<IsTruncated>false", "<IsTruncated>true")),
  "a page that leads to itself": (response, page) =>
    answer(
      response,
      page.replace(
        "<IsTruncated>false</IsTruncated>",
        "<IsTruncated>true</IsTruncated><NextContinuationToken>two</NextContinuationToken>",
      ),
    ),
};

/** Something to do on both sides, of which nothing may be done. */
async function withChanges({ machine, L, R }: Parts): Promise<readonly PageObject[]> {
  await synced({ machine, L }, ["a", "b", "c", "d"]);
  L.write("b", "edited");
  L.write("new", "N");
  L.remove("c");
  return listed(R);
}

// They wait most of the time: a listing that fails is asked for again.
describe("scenarios H: listings that fail for good", { concurrency: 10 }, () => {
  for (const [what, second] of Object.entries(BROKEN_PAGES)) {
    scene(
      `154, 155 the second page is ${what}: nothing is done, and the next run carries on (S10, RM6)`,
      async (parts) => {
        const { machine } = parts;
        const objects = await withChanges(parts);
        listInTwo(machine.proxy, parts.R, objects, second);
        assertRefused(await assertNothingDone(parts), 1);
        machine.proxy.instead = () => false;
        await machine.sync();
        await assertSettled(parts);
      },
    );
  }
});

describe("scenarios H: listings", { concurrency: 3 }, () => {
  for (const [status, code, said] of [
    [403, "AccessDenied", /denied/],
    [404, "NoSuchBucket", /no bucket/],
  ] as const) {
    scene(
      `154 the second page is ${status} ${code}: nothing is done, and it is not asked for again (S10, RM5)`,
      async (parts) => {
        const objects = await withChanges(parts);
        listInTwo(parts.machine.proxy, parts.R, objects, (response) => answerError(response, status, code));
        const counts = await parts.machine.counting(() =>
          assertNothingDone(parts).then((ran) => assertRefused(ran, 1, said)),
        );
        assert.deepEqual(counts, { ListObjectsV2: 2 });
        parts.machine.proxy.instead = () => false;
        await parts.machine.sync();
        await assertSettled(parts);
      },
    );
  }

  scene("154 a page that fails twice and then comes is a listing like any other (RM2)", async (parts) => {
    const objects = await withChanges(parts);
    let failures = 0;
    listInTwo(parts.machine.proxy, parts.R, objects, (response, page) =>
      ++failures > 2 ? answer(response, page) : answerError(response, 503, "SlowDown"),
    );
    await parts.machine.sync();
    parts.machine.proxy.instead = () => false;
    await assertSettled(parts);
  });

  scene(
    "155 a listing that ends too early and drops keys: a HEAD finds them, and the files stay (X6)",
    async (parts) => {
      const { machine, L, R } = parts;
      await synced(parts, ["a", "b", "c", "d", "e"]);
      list(machine.proxy, R, (await listed(R)).slice(0, 3));
      const [here, records] = [L.files(), machine.records()];
      const ran = await machine.run();
      assert.equal(ran.code, 3);
      assert.deepEqual(L.files(), here);
      assert.deepEqual(machine.records(), records);
      assert.deepEqual(
        ran.stderr
          .split("\n")
          .slice(0, -1)
          .map((line) => line.split(": ")[1]),
        ["d", "e"].map((name) => L.path(name)),
      );
      machine.proxy.instead = () => false;
      await machine.sync();
      await assertSettled(parts);
    },
  );
});
