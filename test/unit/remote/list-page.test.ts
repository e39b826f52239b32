/** Pages of listings: what is read of them, and what is refused. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { keyOfText } from "../../../src/model/object-key.ts";
import { nextToken, pageOf, readPage } from "../../../src/remote/listing/list-page.ts";

const ETAG = "0123456789abcdef0123456789abcdef";
const asked = { bucket: "b", prefix: "p/", token: "t0" };

interface Parts {
  readonly keys?: readonly string[];
  readonly head?: string;
  readonly tail?: string;
}

function pageXml({
  keys = ["p/a"],
  head = "<EncodingType>url</EncodingType>",
  tail = "",
}: Parts = {}): string {
  const contents = keys.map(
    (key) => `<Contents><Key>${key}</Key><Size>3</Size><ETag>&quot;${ETAG}&quot;</ETag></Contents>`,
  );
  return `<?xml version="1.0"?>\n<ListBucketResult xmlns="x">${head}<IsTruncated>false</IsTruncated>${contents.join("")}${tail}</ListBucketResult>\n`;
}

const keysOf = (parts: Parts): readonly string[] | undefined =>
  readPage(Buffer.from(pageXml(parts)))?.objects.map(({ key }) => key);

describe("reading a page", () => {
  test("it gives key, size, ETag without quotes, time in whole seconds, class and whether it was restored", () => {
    const contents =
      '<Contents><StorageClass>GLACIER</StorageClass><ETag>"e-1"</ETag><Size>7</Size><Key>p/a</Key><LastModified>2026-01-01T00:00:00.999Z</LastModified>' +
      "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus></Contents>";
    const page = readPage(Buffer.from(pageXml({ keys: [], tail: contents })));
    assert.deepEqual(page?.objects, [
      { key: "p/a", size: 7, etag: "e-1", modifiedS: 1_767_225_600, storageClass: "GLACIER", restored: true },
    ]);
  });

  test("keys are decoded where the page says that they are encoded, with either form of a space", () => {
    assert.deepEqual(keysOf({ keys: ["a%2Bb+c%20d%0A%01%C3%A9"] }), [keyOfText("a+b c d\n\u0001é")]);
  });

  test("keys are taken as they stand where the page does not say that they are encoded", () => {
    assert.deepEqual(keysOf({ keys: ["100%25+x é &amp; &#233; &#x1F600; &lt;"], head: "" }), [
      keyOfText("100%25+x é & é 😀 <"),
    ]);
  });

  test("any name comes back as it was, encoded or not", () => {
    const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((each) => !/\p{Cc}/u.test(each));
    fc.assert(
      fc.property(name, (each) => {
        const escaped = each.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
        assert.deepEqual(keysOf({ keys: [encodeURIComponent(each)] }), [keyOfText(each)]);
        assert.deepEqual(keysOf({ keys: [escaped], head: "" }), [keyOfText(each)]);
      }),
    );
  });

  test("a token that is made of a name which is not ASCII goes back as it came", () => {
    const tail = "<IsTruncated>true</IsTruncated><NextContinuationToken>é0999</NextContinuationToken>";
    const page = readPage(Buffer.from(pageXml({ tail }).replace("<IsTruncated>false</IsTruncated>", "")));
    assert.ok(page !== undefined);
    assert.equal(nextToken(page, asked), "é0999");
  });

  test("an object without an ETag is refused: it would read as unchanged for ever (RM6)", () => {
    const page = readPage(Buffer.from(pageXml().replace(ETAG, "")));
    assert.ok(page !== undefined);
    assert.throws(() => nextToken(page, asked), /without an ETag/);
  });

  test("the directory of the prefix itself is no object, and needs no ETag (RM6)", () => {
    const none = pageXml({ keys: ["p/"] })
      .replace(ETAG, "")
      .replace("<Size>3<", "<Size>0<");
    const page = readPage(Buffer.from(none));
    assert.ok(page !== undefined, "it is read");
    assert.equal(nextToken(page, asked), undefined);
  });

  test("folders count, and their prefix is not that of the page", () => {
    const tail =
      "<CommonPrefixes><Prefix>p/x/</Prefix></CommonPrefixes><Prefix>p/</Prefix><KeyCount>2</KeyCount>";
    const page = readPage(Buffer.from(pageXml({ tail })));
    assert.equal(page?.folders, 1);
    assert.equal(page.prefix, "p/");
    assert.equal(nextToken(page, asked), undefined);
  });

  for (const said of [
    "",
    "<LastModified></LastModified>",
    "<LastModified>yesterday</LastModified>",
    "<LastModified>0001-01-01T00:00:00Z</LastModified>",
  ]) {
    test(`a time that is none is 0, and no error: ${said}`, () => {
      const page = readPage(Buffer.from(pageXml().replace("<Size>", `${said}<Size>`)));
      assert.equal(page?.objects[0]?.modifiedS, 0);
    });
  }

  for (const [what, xml] of [
    ["an empty body", ""],
    ["HTML", "<html><body>sign in</body></html>"],
    ["a cut page", pageXml().slice(0, -30)],
    ["a page cut in an object", pageXml().slice(0, pageXml().indexOf("<ETag>"))],
    [
      "an object without a size",
      pageXml({ keys: [], tail: "<Contents><Key>p/a</Key><ETag>e</ETag></Contents>" }),
    ],
    ["a comment, which could hide anything", pageXml({ tail: "<!-- <Contents> -->" })],
    ["another document", pageXml().replaceAll("ListBucketResult", "ListAllMyBucketsResult")],
  ] as const) {
    test(`${what} is left to the SDK`, () => assert.equal(readPage(Buffer.from(xml)), undefined));
  }
});

describe("RM6: a page is whole, and what was asked for", () => {
  const whole = {
    objects: [],
    folders: 0,
    name: "b",
    prefix: "p/",
    keyCount: 0,
    truncated: false,
    token: undefined,
  };
  const object = { key: "p/a", size: 1, etag: "e", modifiedS: 0, storageClass: undefined, restored: false };
  const lies: readonly (readonly [string, Parameters<typeof nextToken>[0], RegExp])[] = [
    ["does not say whether it is the last", { ...whole, truncated: undefined }, /whether it is the last/],
    ["goes on without a token", { ...whole, truncated: true }, /how to go on/],
    ["goes on with the token that led to it", { ...whole, truncated: true, token: "t0" }, /leads to itself/],
    ["is of another bucket", { ...whole, name: "other" }, /bucket other/],
    ["is of another prefix", { ...whole, prefix: "q/" }, /another prefix/],
    ["holds fewer keys than it says", { ...whole, keyCount: 2, objects: [object] }, /fewer/],
    ["holds a key outside of the prefix", { ...whole, objects: [{ ...object, key: "q/a" }] }, /outside/],
    ["holds an object without a size", { ...whole, objects: [{ ...object, size: NaN }] }, /size/],
  ];
  for (const [what, page, message] of lies) {
    test(`one that ${what} is refused`, () => {
      assert.throws(() => nextToken(page, asked), { name: "BrokenPage", message });
    });
  }

  test("one that goes on says where", () => {
    assert.equal(nextToken({ ...whole, truncated: true, token: "t1", objects: [object] }, asked), "t1");
  });

  test("an access point may answer with the name of its bucket", () => {
    assert.equal(nextToken({ ...whole, name: "other" }, { ...asked, bucket: undefined }), undefined);
  });

  test("a page that the SDK made of nothing is refused", () => {
    assert.throws(() => nextToken(pageOf({ $metadata: {} }), asked), { name: "BrokenPage" });
  });

  test("a page of the SDK is read as one of ours", () => {
    const page = pageOf({
      $metadata: {},
      IsTruncated: false,
      EncodingType: "url",
      Contents: [{ Key: "p/%C3%A9+b", Size: 2, ETag: '"e"', LastModified: new Date(1_767_225_600_999) }],
    });
    assert.deepEqual(page.objects, [
      {
        key: keyOfText("p/é b"),
        size: 2,
        etag: "e",
        modifiedS: 1_767_225_600,
        storageClass: undefined,
        restored: false,
      },
    ]);
  });
});
