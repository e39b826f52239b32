/** The text of s3-bsync.1, made from the tables that the program itself runs on. */

import { EXIT_TEXTS } from "../../src/cli/exit-texts.ts";
import { namesOf } from "../../src/cli/help.ts";
import { MODES } from "../../src/cli/modes.ts";
import { GROUPS } from "../../src/cli/options/option.ts";
import { OPTION_LIST } from "../../src/cli/options/options.ts";
import { VERSION } from "../../src/cli/version.ts";
import { SYNOPSIS } from "./synopsis.ts";

const DESCRIPTION = [
  "s3-bsync keeps local directories and S3 prefixes in sync, in both directions. What both sides agreed on after the last run stands in a state file, so that it knows what changed on each side, and what was deleted.",
  "A run has one mode. Without any it syncs every mapped directory, and says nothing where all is well. The first argument may be the name of a mode instead of its flags.",
];

const FILES: readonly (readonly [string, string])[] = [
  ["~/.state.s3sync", "The state file, unless --file names another one"],
  [
    "~/.state.s3sync.d/",
    "What lies beside it: the lock, the journals, and the backups of what was overwritten or deleted",
  ],
  [".s3syncignore", "In any mapped directory: names that are not synced, in the manner of .gitignore"],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  [
    "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE",
    "Credentials, as all programs of AWS find them; so are the files in ~/.aws",
  ],
  [
    "AWS_REGION, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_CA_BUNDLE",
    "How S3 is reached, unless options say it",
  ],
];

const EXAMPLES: readonly (readonly [string, string])[] = [
  ["s3-bsync --init --dir /home/ann/documents s3://my-bucket/documents", "Map a directory"],
  ["s3-bsync --dryrun", "See what a sync would do; nothing is changed"],
  ["s3-bsync", "Sync"],
  ['eval "$(s3-bsync --completion bash)"', "Complete its words in this shell"],
];

export function manPage(): string {
  const modes = Object.entries(MODES).map(
    ([name, { flags, summary }]) => [flags === "" ? name : `${flags}, or ${name}`, summary] as const,
  );
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const options = OPTION_LIST.filter(([, option]) => option.group === group);
    return `.SS ${roff(title)}\n${tagged(options.map(([name, option]) => [namesOf(name, option), option.summary]))}`;
  });
  return [
    `.\\" Made by npm run commands from the option table of the program; not written by hand.`,
    `.TH S3\\-BSYNC 1 "" "s3\\-bsync ${VERSION}" "User Commands"`,
    ".SH NAME\ns3\\-bsync \\- keep local directories and S3 prefixes in sync in both directions",
    `.SH SYNOPSIS\n.nf\n${SYNOPSIS.map(roff).join("\n")}\n.fi`,
    `.SH DESCRIPTION\n${DESCRIPTION.map(roff).join("\n.PP\n")}`,
    `.SH MODES\n${tagged(modes)}`,
    `.SH OPTIONS\n${groups.join("\n")}`,
    `.SH EXIT STATUS\n${tagged(EXIT_TEXTS.map(([code, text]) => [String(code), text]))}\n.PP\n${roff("Of several in one run, the first of 130 or 143, 1, 4, 6, 3.")}`,
    `.SH FILES\n${tagged(FILES)}`,
    `.SH ENVIRONMENT\n${tagged(ENVIRONMENT)}`,
    `.SH EXAMPLES\n${tagged(EXAMPLES)}`,
    ".SH SEE ALSO\n.BR gpg (1),\n.BR gitignore (5)\n",
  ].join("\n");
}

function tagged(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([term, text]) => `.TP\n\\fB${roff(term)}\\fR\n${roff(text)}`).join("\n");
}

/** Text as text: no character of it means anything to roff. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("~", "\\(ti")
    .replaceAll("'", "\\(aq")
    .replace(/^\./, "\\&.");
}
