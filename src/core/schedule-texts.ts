/** The texts by which systemd, launchd and cron run a command every now and then. Spec: spec/unattended.md. */

import { shellWord } from "./shell-word.ts";

export interface Job {
  /** `s3-bsync`, or `s3-bsync-` and a digest where the state file is not the default one. */
  readonly name: string;
  /** The program and its arguments, none of which holds a control character. */
  readonly words: readonly string[];
  readonly everyMinutes: number;
}

const MADE = "Made by s3-bsync --service install; --service remove takes it away";

/** systemd reads `%`, `$`, quotes and backslashes as signs of its own. */
function systemdWord(word: string): string {
  const inQuotes = word.replace(/[\\"]/g, "\\$&").replaceAll("%", "%%").replaceAll("$", "$$$$");
  return `"${inQuotes}"`;
}

/** A run that meets another one has not failed. */
export function systemdService({ words }: Job): string {
  return `# ${MADE}
[Unit]
Description=Sync directories and S3 prefixes (s3-bsync)

[Service]
Type=oneshot
ExecStart=${words.map(systemdWord).join(" ")}
SuccessExitStatus=5
TimeoutStopSec=30
`;
}

export function systemdTimer({ everyMinutes }: Job): string {
  return `# ${MADE}
[Unit]
Description=Sync directories and S3 prefixes every ${everyMinutes} min (s3-bsync)

[Timer]
OnActiveSec=1min
OnUnitInactiveSec=${everyMinutes}min
RandomizedDelaySec=10

[Install]
WantedBy=timers.target
`;
}

/** @param log where its output goes */
export function launchdPlist({ name, words, everyMinutes }: Job, log: string): string {
  const programs = words.map((word) => `    <string>${xmlText(word)}</string>\n`).join("");
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${MADE.replaceAll("--", "")} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${xmlText(name)}</string>
  <key>ProgramArguments</key>
  <array>
${programs}  </array>
  <key>StartInterval</key>
  <integer>${everyMinutes * 60}</integer>
  <key>RunAtLoad</key>
  <true/>
  <key>StandardOutPath</key>
  <string>${xmlText(log)}</string>
  <key>StandardErrorPath</key>
  <string>${xmlText(log)}</string>
</dict>
</plist>
`;
}

function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** @returns undefined: cron has no words for that time */
export function cronTimes(everyMinutes: number): string | undefined {
  if (everyMinutes < 60 && 60 % everyMinutes === 0)
    return everyMinutes === 1 ? "* * * * *" : `*/${everyMinutes} * * * *`;
  const hours = everyMinutes / 60;
  if (!Number.isInteger(hours) || hours < 1 || 24 % hours !== 0) return undefined;
  return hours === 24 ? "0 0 * * *" : hours === 1 ? "0 * * * *" : `0 */${hours} * * *`;
}

/** By its end the line is known as ours. */
function cronMark(name: string): string {
  return ` # ${name}: --service remove takes it away`;
}

/** A table with this line and no other of that name; without times none of it. Other lines stay as they are, byte for byte. */
export function cronTable(table: string, { name, words }: Job, times: string | undefined): string {
  const others = linesOf(table).filter((line) => !line.endsWith(cronMark(name)));
  // cron takes a bare percent sign for the end of the line, in quotes too.
  const command = words.map(shellWord).join(" ").replaceAll("%", "\\%");
  const lines = times === undefined ? others : [...others, `${times} ${command}${cronMark(name)}`];
  return lines.map((line) => `${line}\n`).join("");
}

export function cronHas(table: string, name: string): boolean {
  return linesOf(table).some((line) => line.endsWith(cronMark(name)));
}

function linesOf(table: string): readonly string[] {
  return table === "" ? [] : table.replace(/\n$/, "").split("\n");
}
