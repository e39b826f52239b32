/** What new objects get: how it is written, what is refused, and which rule counts. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { headersBy } from "../../../src/core/headers-by.ts";
import { headerOption, parseEncryption, settingsOf } from "../../../src/core/object-settings.ts";
import { headerText, parseHeader } from "../../../src/core/parse-header.ts";
import { BsyncError } from "../../../src/model/errors.ts";
import { keyOfText } from "../../../src/model/object-key.ts";
import { HEADER_NAMES, type HeaderRule } from "../../../src/model/object-settings.ts";

function rule(text: string): HeaderRule {
  const parsed = parseHeader(text);
  return "fault" in parsed ? assert.fail(`${text}: ${parsed.fault}`) : parsed;
}

describe("CL22: a rule about headers", () => {
  const taken: Readonly<Record<string, HeaderRule>> = {
    "Cache-Control: max-age=60": { pattern: undefined, name: "Cache-Control", value: "max-age=60" },
    "cache-control:max-age=60": { pattern: undefined, name: "Cache-Control", value: "max-age=60" },
    "*.html: Cache-Control: no-cache": { pattern: "*.html", name: "Cache-Control", value: "no-cache" },
    "a b/c: d/: CONTENT-TYPE: text/x": { pattern: "a b/c: d/", name: "Content-Type", value: "text/x" },
    "Expires: Thu, 01 Jan 2026 00:00:00 GMT": {
      pattern: undefined,
      name: "Expires",
      value: "Thu, 01 Jan 2026 00:00:00 GMT",
    },
    'Content-Disposition: attachment; filename="x: Expires: y"': {
      pattern: undefined,
      name: "Content-Disposition",
      value: 'attachment; filename="x: Expires: y"',
    },
  };
  for (const [text, wanted] of Object.entries(taken))
    test(`CL22: ${text} is taken for what it says`, () => assert.deepEqual(parseHeader(text), wanted));

  const refused: Readonly<Record<string, RegExp>> = {
    "Cache-Contrl: max-age=60": /names none of Cache-Control, /,
    "Cache-Control": /names none of/,
    "Cache-Control:": /not printable ASCII, or empty/,
    "Cache-Control: no\u00a0cache": /not printable ASCII/,
    "Cache-Control: a\nb": /names none of|not printable/,
    "Expires: 2026-01-01": /not a date such as/,
    "Expires: Thu, 01 Jan 2026 24:00:00 GMT": /not a date such as/,
    "!*.html: Cache-Control: x": /begins with !/,
    "#a: Cache-Control: x": /no pattern/,
    ": Cache-Control: x": /no pattern/,
    "a\tb: Cache-Control: x": /control character/,
    [`${"a".repeat(5000)}: Cache-Control: x`]: /too long to match/,
    "x-amz-acl: public-read": /ACLs are never sent/,
    "*.html: x-amz-grant-read: id=1": /ACLs are never sent/,
    "Content-Encoding: gzip": /--gzip compresses/,
    "x-amz-meta-mtime: 1": /what the program itself says/,
    "x-amz-meta-bsync-size: 1": /what the program itself says/,
    "x-amz-storage-class: GLACIER": /--storage-class/,
    "x-amz-server-side-encryption: AES256": /--sse/,
    "x-amz-request-payer: requester": /--request-payer/,
  };
  for (const [text, why] of Object.entries(refused)) {
    test(`CL22: ${JSON.stringify(text.slice(0, 60))} is refused, and told why`, () => {
      const parsed = parseHeader(text);
      assert.match("fault" in parsed ? parsed.fault : "taken", why);
    });
  }

  test("CL22: every rule is read again as it was written down", () => {
    const printable = fc.stringMatching(/^[!-~](?:[ -~]{0,20}[!-~])?$/);
    fc.assert(
      fc.property(fc.constantFrom(...HEADER_NAMES), printable, (name, value) => {
        const parsed = parseHeader(`${name}: ${value}`);
        if ("fault" in parsed) return assert.equal(name, "Expires", parsed.fault);
        assert.deepEqual(parsed, { pattern: undefined, name, value });
        assert.deepEqual(parseHeader(headerText(parsed)), parsed);
      }),
    );
  });
});

test("CL22: of the rules that match an object the last one of each name counts", () => {
  const headers = headersBy(
    [
      "Cache-Control: max-age=60",
      "Content-Language: de",
      "*.html: Cache-Control: no-cache",
      "/assets/: Cache-Control: immutable",
      "Größe.html: Content-Language: en",
    ].map(rule),
  );
  const of = (name: string): unknown => headers(keyOfText(name));
  const all = { "Content-Language": "de" };
  assert.deepEqual(of("a.txt"), { ...all, "Cache-Control": "max-age=60" });
  assert.deepEqual(of("d/index.html"), { ...all, "Cache-Control": "no-cache" });
  assert.deepEqual(of("assets/deep/index.html"), { ...all, "Cache-Control": "immutable" });
  assert.deepEqual(of("d/assets/a"), { ...all, "Cache-Control": "max-age=60" }, "anchored");
  assert.deepEqual(of("d/Größe.html"), { "Cache-Control": "no-cache", "Content-Language": "en" });
  assert.deepEqual(headersBy([])(keyOfText("a")), {});
});

test("CL23: --sse takes what S3 has, with a key where there can be one", () => {
  const arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  assert.deepEqual(parseEncryption("AES256"), { algorithm: "AES256", keyId: undefined });
  assert.deepEqual(parseEncryption("aws:kms"), { algorithm: "aws:kms", keyId: undefined });
  assert.deepEqual(parseEncryption("aws:kms:alias/own"), { algorithm: "aws:kms", keyId: "alias/own" });
  assert.deepEqual(parseEncryption(`aws:kms:${arn}`), { algorithm: "aws:kms", keyId: arn });
  assert.deepEqual(parseEncryption("aws:kms:dsse"), { algorithm: "aws:kms:dsse", keyId: undefined });
  assert.deepEqual(parseEncryption("aws:kms:dsse:k"), { algorithm: "aws:kms:dsse", keyId: "k" });
  for (const text of ["", "aes256", "AES256:k", "AES-256", "aws:kmsx", "aws:kms:", "aws:kms:a b", "kms"])
    assert.equal(parseEncryption(text), undefined, text);
});

test("CL22: a map's options are read as they were stored; what this version does not know ends the map", () => {
  const rules = ["Cache-Control: a", "*.x: Content-Type: t/x"].map(rule);
  const options = { header: headerOption(rules), sse: "aws:kms:k", "storage-class": "STANDARD_IA" };
  assert.deepEqual(settingsOf({ root: "/r", options }), {
    headers: rules,
    storageClass: "STANDARD_IA",
    encryption: { algorithm: "aws:kms", keyId: "k" },
  });
  assert.deepEqual(settingsOf({ root: "/r", options: {} }), {
    headers: [],
    storageClass: undefined,
    encryption: undefined,
  });
  for (const unknown of [{ header: "Link: x" }, { header: "" }, { sse: "aws:new" }, { "storage-class": "a" }])
    assert.throws(() => settingsOf({ root: "/r", options: unknown }), BsyncError, JSON.stringify(unknown));
});
