/** Ignore rules against git itself: the same files, the same patterns, the same answer. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import * as fc from "fast-check";
import { IgnoreRules } from "../../src/core/ignore-rules.ts";
import { directoryOf, IGNORE_FILE, keyOfText, type ObjectKey } from "../../src/model/object-key.ts";

const segment = fc.constantFrom("a", "b", "ab", "A", "#x", "!x", "b ", "[c]", "é", "x.o", "a*");
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const PARTS = [
  "a",
  "b",
  "A",
  "*",
  "**",
  "?",
  "*.o",
  "[a-c]",
  "[!a]",
  "a*",
  "é",
  "ab",
  "\\a",
  "x.o",
  "\\*",
  "[[]c]",
];
const part = fc.constantFrom(...PARTS);
const line = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom("", "", "", "!", "/", "!/"),
        fc.array(part, { minLength: 1, maxLength: 3 }),
        fc.constantFrom("", "", "", "/", " ", "\\ ", "/ ", "  "),
      )
      .map(([start, parts, end]) => start + parts.join("/") + end),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "",
      "# a",
      "\\#x",
      "\\!x",
      "!",
      "/",
      "//",
      "!/",
      "a//",
      "**/",
      "/**",
      "\\",
      " ",
      "#",
    ),
  },
);
const text = fc
  .tuple(
    fc.constantFrom("", "", "\uFEFF"),
    fc.array(line, { maxLength: 4 }),
    fc.constantFrom("\n", "\n", "\r\n"),
  )
  .map(([mark, lines, end]) => mark + lines.join(end));

describe("ignore rules and git give the same answer", () => {
  let repository: string;
  before(() => {
    repository = mkdtempSync(join(tmpdir(), "s3-bsync-ignore-"));
    git(["init", "--quiet"]);
    git(["config", "core.ignorecase", "false"]);
  });
  after(() => rmSync(repository, { recursive: true, force: true }));

  function git(words: readonly string[]): string {
    return execFileSync("git", words, {
      cwd: repository,
      encoding: "latin1",
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: repository, GIT_CONFIG_NOSYSTEM: "1" },
    });
  }

  /** Lays out the tree, and asks git which of its files are not ignored. */
  function shownByGit(files: ReadonlyMap<string, string>): string[] {
    for (const [each, content] of files) {
      mkdirSync(join(repository, dirname(each)), { recursive: true });
      writeFileSync(join(repository, each), content);
    }
    const shown = git(["ls-files", "-z", "--others", `--exclude-per-directory=${IGNORE_FILE}`]);
    for (const each of files.keys()) rmSync(join(repository, top(each)), { recursive: true, force: true });
    return shown.split("\0").filter(Boolean).toSorted();
  }

  function shownByRules(files: ReadonlyMap<string, string>, recursive = true): string[] {
    const rules = new IgnoreRules(textsOf(files), { recursive });
    return [...files.keys()]
      .map(keyOfText)
      .filter((key) => !rules.ignores(key))
      .toSorted();
  }

  test("IG1 IG2 IG3 IG4 IG5: in random trees with nested ignore files", () => {
    const tree = fc.tuple(
      fc.array(path, { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(fc.constantFrom("", "a/", "b/", "ab/", "a/b/", "[c]/", "a/a/", "a*/", "b /"), text), {
        maxLength: 4,
      }),
    );
    fc.assert(
      fc.property(tree, ([paths, ignoreFiles]) => {
        const files = new Map<string, string>();
        for (const each of paths) if (fits(each, files)) files.set(each, "x");
        for (const [dir, content] of ignoreFiles)
          if (fits(dir + IGNORE_FILE, files)) files.set(dir + IGNORE_FILE, content);
        assert.deepEqual(shownByRules(files), shownByGit(files));
      }),
      { numRuns: RUNS },
    );
  });

  const MATRIX = [
    ["*.o", "/a", "a/", "a/**", "**/a", "a/**/b", "a/*", "**"],
    ["[a-c]", "[!a]", "[^a]", "[[:alpha:]]", "[]", "[", "[a-", "[c-a]"],
    ["\\#x", "\\!x", "!x", "#x", "b ", "b\\ ", "b\\  ", " ", "", "a\r", "a \r"],
    ["A", "é", "\uFEFFa", "?", "\\a", "a\\", "*a*b*", "/", "//a", "a//", "/*", "/**", "**/"],
    ["a/\n!a/b", "/*\n!/a\n/a/*\n!/a/b", "*\n!*/\n!*.o", "a\n!a", "!a\na", "x.o/", "a/b/"],
  ].flat();
  const NAMES = ["a", "b", "b ", "A", "é", "#x", "!x", "x.o", "c", "ab", "[", "-", "aab", " ", "\uFEFFa"];
  for (const pattern of MATRIX) {
    test(`G138: ${JSON.stringify(pattern)}, at the top and in a directory`, () => {
      const some = NAMES.flatMap((each) => [
        `d/${each}`,
        `d/s/${each}`,
        `d/a/b/${each}`,
        `d/x.o/${each}`,
        each,
      ]);
      for (const dir of ["", "d/"]) {
        const files = new Map<string, string>();
        for (const each of some) if (fits(each, files)) files.set(each, "x");
        files.set(dir + IGNORE_FILE, pattern);
        assert.deepEqual(shownByRules(files), shownByGit(files));
      }
    });
  }

  test("IG6: without recursion only the file at the top counts", () => {
    const files = new Map([
      [`d/${IGNORE_FILE}`, "b"],
      [IGNORE_FILE, "c"],
      ["d/b", ""],
      ["c", ""],
    ]);
    const rules = new IgnoreRules(textsOf(files), { recursive: false });
    assert.equal(rules.ignores(keyOfText("d/b")), false);
    assert.equal(rules.ignores(keyOfText("c")), true);
  });
});

test("IG5: two asterisks beside other characters mean one, as the manual of git has it", () => {
  const rules = new IgnoreRules(new Map([[keyOfText(""), "a**/b"]]), { recursive: true });
  assert.equal(rules.ignores(keyOfText("ax/b")), true);
  assert.equal(rules.ignores(keyOfText("ax/y/b")), false);
});

test("IG10: an ignore file is a file like any other, unless it matches itself", () => {
  for (const [pattern, expected] of [
    ["*.o", false],
    [".*", true],
    [IGNORE_FILE, true],
  ] as const) {
    const rules = new IgnoreRules(new Map([[keyOfText(""), pattern]]), { recursive: true });
    for (const dir of ["", "a/b/"])
      assert.equal(rules.ignores(keyOfText(dir + IGNORE_FILE)), expected, pattern);
  }
});

test("a directory after another, as a scan adds them, is the same as all at once", () => {
  fc.assert(
    fc.property(text, text, text, fc.array(path, { maxLength: 8 }), (first, second, third, paths) => {
      const texts = new Map([
        [keyOfText(""), first],
        [keyOfText("a/"), second],
        [keyOfText("a/b/"), third],
      ]);
      const whole = new IgnoreRules(texts, { recursive: true });
      let grown = new IgnoreRules(new Map(), { recursive: true });
      for (const [dir, each] of texts) grown = grown.with(dir, each);
      for (const each of paths) assert.equal(grown.ignores(keyOfText(each)), whole.ignores(keyOfText(each)));
    }),
  );
});

test("a directory is ignored exactly where a file in it can never be seen again", () => {
  fc.assert(
    fc.property(text, path, path, (content, dir, below) => {
      const rules = new IgnoreRules(new Map([[keyOfText(""), content]]), { recursive: true });
      if (rules.ignoresDirectory(keyOfText(`${dir}/`)))
        assert.ok(rules.ignores(keyOfText(`${dir}/${below}`)));
    }),
  );
});

test("IG7: a key that is no relative path is never ignored, whatever the rules are", () => {
  const rules = new IgnoreRules(new Map([[keyOfText(""), "*\n**\n/**"]]), { recursive: true });
  for (const each of ["../a", "./a", "/a", ""] as ObjectKey[]) {
    assert.equal(rules.ignores(each), false, each);
  }
});

const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
const bytes = fc.array(fc.integer({ min: 0, max: 0xff })).map((units) => String.fromCharCode(...units));
test("any text and any key give an answer", () => {
  fc.assert(
    fc.property(anyText, bytes, bytes, (content, dir, key) => {
      const rules = new IgnoreRules(new Map([[`${dir}/` as ObjectKey, content]]), { recursive: true });
      assert.equal(typeof rules.ignores(`${dir}/${key}` as ObjectKey), "boolean");
      assert.equal(typeof rules.ignores(key as ObjectKey), "boolean");
    }),
  );
});

test("the answers stay right, and the memory bounded, over more keys than are remembered", () => {
  const rules = new IgnoreRules(new Map([[keyOfText(""), "*7\n!17"]]), { recursive: true });
  for (let number = 0; number < 20_000; number++) {
    const expected = number % 10 === 7 && number !== 17;
    assert.equal(rules.ignores(keyOfText(`${number}`)), expected, `${number}`);
  }
});

const RUNS = 150; // each is one run of git

function textsOf(files: ReadonlyMap<string, string>): Map<ObjectKey, string> {
  const ignoreFiles = [...files].filter(([each]) => each.split("/").at(-1) === IGNORE_FILE);
  return new Map(ignoreFiles.map(([each, content]) => [keyOfText(directoryOf(each)), content]));
}

/** Whether a tree can hold this file beside the others. */
function fits(file: string, files: ReadonlyMap<string, string>): boolean {
  for (const each of files.keys())
    if (each.startsWith(`${file}/`) || file.startsWith(`${each}/`)) return false;
  return true;
}

function top(file: string): string {
  return file.split("/")[0] ?? file;
}
