/** The command line: what is a usage error, and what comes out of a right one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../../../src/cli/parse/parse.ts";
import { UsageError } from "../../../src/model/errors.ts";
import { words } from "../../support/session.ts";

const USAGE_ERRORS: readonly (readonly [line: string, message: string])[] = [
  ["--verbose", "unknown option --verbose"],
  ["--max-deletes 3", "unknown option --max-deletes; did you mean --max-delete?"],
  ["--drirun", "unknown option --drirun; did you mean --dryrun?"],
  ["--dry-run", "unknown option --dry-run; did you mean --dryrun?"],
  ["--dryRun", "unknown option --dryRun; did you mean --dryrun?"],
  ["-dryrun", "unknown option -dryrun; did you mean --dryrun?"],
  ["--maxDelete 3", "unknown option --maxDelete; did you mean --max-delete?"],
  ["--delete-max=3", "unknown option --delete-max"],
  ["--recursive", "unknown option --recursive; did you mean --no-recursive?"],
  ["-id", "unknown option -id; did you mean -i?"],
  ["-x", "unknown option -x"],
  ["--__proto__", "unknown option --__proto__"],
  ["--file.x y", "unknown option --file.x; did you mean --file?"],
  ["--", "unknown option --"],
  ["-", 'unexpected argument "-"'],
  ["dmup", 'unexpected argument "dmup"; did you mean dump?'],
  ["frobnicate", 'unexpected argument "frobnicate"'],
  ["--debug dump", 'unexpected argument "dump"'],
  ["--dryrun=1", "--dryrun takes no value: write --dryrun alone, or leave it out"],
  ["--dryrun=", "--dryrun takes no value: write --dryrun alone, or leave it out"],
  ["--no-recursive=yes", "--no-recursive takes no value: write --no-recursive alone, or leave it out"],
  ["--no-dryrun", "--no-dryrun: leave --dryrun out instead"],
  ["--dryrun 1", 'unexpected argument "1"'],
  ["--file", "--file needs a value: SYNCFILE"],
  ["--file --debug", "--file needs a value: SYNCFILE"],
  ["--file=", "--file: the value is empty"],
  ["--file a --file b", "--file is given twice"],
  ["--file=a --file=b", "--file is given twice"],
  ["--init --dir /a", "--dir needs two values: PATH S3_DEST"],
  ["--init --dir /a --gzip 3", "--dir needs two values: PATH S3_DEST"],
  ["--init --dir=/a", "--dir needs two values: PATH S3_DEST"],
  ["--init --dir= s3://b", "--dir: the value is empty"],
  ["--init --dir /a s3://b s3://c", 'unexpected argument "s3://c"'],
  ["--init --rmdir", "--rmdir needs a value: PATH"],
  ["--dir /a s3://b", "--dir needs --init"],
  ["--rmdir /a", "--rmdir needs --init"],
  ["--purge", "--purge needs --init"],
  ["--overwrite", "--overwrite needs --init"],
  ["--gzip 3", "--gzip needs --init"],
  ["--force", "--force needs --init"],
  ["--init --overwrite", "--overwrite needs --dir"],
  ["--init --gzip 3", "--gzip needs --dir"],
  ["--init --no-recursive", "--no-recursive needs --dir"],
  ["--init --region eu", "--region needs --dir"],
  ["--init --force", "--force needs --dir"],
  ["--init --dryrun", "--dryrun does not go with --init"],
  ["--init --json", "--json does not go with --init"],
  ["--init --max-delete 3", "--max-delete does not go with --init"],
  ["--init --dump", "--init does not go with --dump"],
  ["--init --purge --dir /a s3://b", "--dir does not go with --purge"],
  ["--dump --dryrun", "--dryrun does not go with --dump"],
  ["--dump --dir /a s3://b", "--dir does not go with --dump"],
  ["dump --region x", "--region does not go with --dump"],
];

for (const [line, message] of USAGE_ERRORS) {
  test(`s3-bsync ${line}: a usage error that says "${message}" (CL2, CL3, CL4, CL5)`, async () => {
    await assert.rejects(parse(words(line)), (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, message);
      return true;
    });
  });
}

test("CL5: an empty value of its own word is a usage error", async () => {
  await assert.rejects(parse(["--file", ""]), { message: "--file: the value is empty" });
  await assert.rejects(parse(["--init", "--dir", "/a", ""]), { message: "--dir: the value is empty" });
});

test("a bare command line is a sync with everything at its default", async () => {
  const { mode, flags } = await parse([]);
  assert.equal(mode, "sync");
  const expected = {
    dryrun: false,
    debug: false,
    json: false,
    recursive: true,
    file: undefined,
    dir: [],
    rmdir: [],
  };
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(flags[name as keyof typeof expected], value, name);
  }
});

test("what no words mean is what meow makes of them", async () => {
  const { flags } = await parse(["--debug"]);
  assert.deepEqual({ ...flags, debug: false }, (await parse([])).flags);
});

test("CL5: --dir takes two values, any number of times, beside other options, with and without =", async () => {
  const { mode, flags } = await parse(
    words("--init --dir /a s3://b/a --gzip 3 --dir=/c s3://b/c --rmdir /x --rmdir=/y --no-recursive"),
  );
  assert.equal(mode, "init");
  assert.deepEqual(flags.dir, [
    { path: "/a", dest: "s3://b/a" },
    { path: "/c", dest: "s3://b/c" },
  ]);
  assert.deepEqual(flags.rmdir, ["/x", "/y"]);
  assert.equal(flags.gzip, "3");
  assert.equal(flags.recursive, false);
});

test("CL5: values are taken as they are: spaces, equals signs, quotes, newlines, a leading dash after =", async () => {
  for (const value of ["a b", "a=b", '"a"', "'a'", "a\nb", "~/x", "1e3", "007"]) {
    assert.equal((await parse(["--file", value])).flags.file, value);
    assert.equal((await parse([`--file=${value}`])).flags.file, value);
  }
  assert.equal((await parse(["--file=-x"])).flags.file, "-x");
});

test("CL1: the name of a mode as the first argument means its flags", async () => {
  assert.equal((await parse(["sync"])).mode, "sync");
  assert.equal((await parse(["init"])).mode, "init");
  assert.equal((await parse(["dump", "--debug"])).mode, "dump");
  assert.equal((await parse(["purge"])).mode, "purge");
  assert.equal((await parse(["--dump"])).mode, "dump");
  assert.equal((await parse(["-i", "--purge"])).mode, "purge");
});

test("a path without its option is told how a directory is tied to a prefix (CL1, CL15)", async () => {
  for (const line of ["/home/ann/notes s3://bucket/notes", "init ./notes s3://bucket/notes", "s3://bucket"]) {
    await assert.rejects(parse(words(line)), {
      message: /^unexpected argument "[^"]*"$/,
      hint: /--init --dir PATH s3:\/\/BUCKET\/PREFIX/,
    });
  }
});
