/** The forms of the command, a line each. */

export const SYNOPSIS: readonly string[] = [
  "s3-bsync [sync] [--debug] [--dryrun] [--json] [--progress] [--file SYNCFILE] [choice] [policies] [guards] [connection] [transfers] [unattended]",
  "s3-bsync --watch [--settle SECONDS] [--poll SECONDS] [--debug] [--json] [--file SYNCFILE] [connection] [transfers] [unattended]",
  "s3-bsync --service install|remove|status [--every MINUTES] [--scheduler NAME] [--file SYNCFILE] [unattended]",
  "s3-bsync --init [--dir PATH S3_DEST]... [--rmdir PATH]... [--overwrite] [--untrack-ignored] [map options] [connection]",
  "s3-bsync --init --recover",
  "s3-bsync --init --purge [--force]",
  "s3-bsync --status [--json] [connection]",
  "s3-bsync --verify [--quick] [--json] [connection]",
  "s3-bsync --doctor [--dir PATH S3_DEST]... [--json] [connection]",
  "s3-bsync --dump [--debug] [--json]",
  "s3-bsync --backups [--json]",
  "s3-bsync --restore-backup RUN [PATTERN]... --to DIR [--dryrun] [--force] [--json]",
  "s3-bsync --completion bash|zsh|fish",
];
