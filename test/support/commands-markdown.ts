/** The text of commands.md, made from the tables that the program itself runs on. */

import { EXIT_TEXTS } from "../../src/cli/exit-texts.ts";
import { namesOf } from "../../src/cli/help.ts";
import { DRY_RUN_REQUESTS, MODES } from "../../src/cli/modes.ts";
import { GROUPS } from "../../src/cli/options/option.ts";
import { OPTION_LIST } from "../../src/cli/options/options.ts";
import { SYNOPSIS } from "./synopsis.ts";

const INTRODUCTION = `# Commands of s3-bsync

Made by \`npm run commands\` from the option table of the program; not written by hand.

\`\`\`
${SYNOPSIS.join("\n")}
\`\`\`

A run has one mode. An option that the mode does not know is a usage error, and so are an unknown option, a value
for an option that takes none (\`--dryrun=1\`), a missing or empty value, and an option with one value given twice.
A value that begins with \`-\` is written behind \`=\`: \`--file=-name\`.
`;

const POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::my-bucket",
      Condition: { StringLike: { "s3:prefix": ["documents/*", "documents/"] } },
    },
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      Resource: "arn:aws:s3:::my-bucket/documents/*",
    },
  ],
};

export function commandsMarkdown(): string {
  return [
    INTRODUCTION,
    modesChapter(),
    optionsChapter(),
    limitsChapter(),
    table(
      "Exit codes",
      ["code", "meaning"],
      EXIT_TEXTS.map(([code, text]) => [String(code), text]),
    ),
    `Of several in one run, the first of 130 or 143, 1, 4, 6, 3. See [spec/exit-codes.md](spec/exit-codes.md).\n`,
    requestsChapter(),
  ].join("\n");
}

function modesChapter(): string {
  const rows = Object.entries(MODES).map(([name, { flags, summary, exits }]) => [
    flags === "" ? "(none)" : `\`${flags}\``,
    `\`s3-bsync ${name}\``,
    summary,
    exits.join(", "),
  ]);
  return table("Modes", ["flags", "the same by name", "what it does", "exit codes"], rows);
}

function optionsChapter(): string {
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const options = OPTION_LIST.filter(([, option]) => option.group === group);
    const rows = options.map(([name, option]) => [
      `\`${namesOf(name, option)}\``,
      option.modes.join(", "),
      option.summary,
    ]);
    return table(title, ["option", "modes", "meaning"], rows, "###");
  });
  return ["## Options\n", ...groups].join("\n");
}

function limitsChapter(): string {
  return `A \`LIMIT\` replaces both halves of the default: \`N\` allows up to N files a side, \`P%\` up to this share of the
tracked files, \`all\` anything. \`--dir\` of a directory that is mapped already replaces *all* options of its map by
those of this command: what is not given is off.
`;
}

function requestsChapter(): string {
  const requests = Object.entries(MODES).flatMap(([name, mode]) =>
    mode.requests.map(({ request, action, when }) => {
      const dryRun = DRY_RUN_REQUESTS.some((each) => each.request === request);
      return [name, request, `\`${action}\``, dryRun ? "yes" : "never", when];
    }),
  );
  const local = Object.entries(MODES).flatMap(([name, mode]) =>
    mode.requests.length === 0 ? [`\`${name}\``] : [],
  );
  const columns = ["mode", "request", "IAM action", "with --dryrun", "when"];
  return `${table("Requests and permissions", columns, requests)}
${local.join(", ")} reach no network.

Without \`s3:ListBucket\` S3 answers 403 instead of 404 for a missing object, and nothing can be synced. The least
policy for \`--dir /home/ann/documents s3://my-bucket/documents\` (leave the condition out to map the whole bucket):

\`\`\`json
${JSON.stringify(POLICY, undefined, 2)}
\`\`\`

Objects encrypted with a KMS key need \`kms:Decrypt\` and \`kms:GenerateDataKey\` for that key as well.
`;
}

function table(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  level = "##",
): string {
  const lines = [columns, columns.map(() => "---"), ...rows].map(
    (cells) => `| ${cells.map(cell).join(" | ")} |\n`,
  );
  return `${level} ${title}\n\n${lines.join("")}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
