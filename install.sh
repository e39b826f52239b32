#!/bin/sh
# Installs s3-bsync for the user who runs this, without root; `install.sh uninstall` takes it away again.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
least_node=20.15
mark='# Made by install.sh of s3-bsync'

say() { printf '%s\n' "$*"; }
fail() {
  printf 'install.sh: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '  hint: %s\n' "$2" >&2
  exit 1
}

# A word that a shell reads back unchanged.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

is_ours() { [ -f "$1" ] && grep -qF "$mark" "$1"; }

find_node() {
  command -v node >/dev/null 2>&1 ||
    fail 'node is not on the PATH' "install Node.js $least_node or newer, then run this again"
  # The path of the program itself: it must be found under the bare PATH of cron, too.
  node=$(node -p 'process.execPath')
  version=$(node -p 'process.versions.node')
  minor=${version#*.}
  minor=${minor%%.*}
  [ "${version%%.*}" -gt 20 ] || { [ "${version%%.*}" -eq 20 ] && [ "$minor" -ge 15 ]; } ||
    fail "Node.js $version is too old" "install Node.js $least_node or newer, then run this again"
}

build() {
  [ ! -f "$here/dist/main.js" ] || return 0
  say 'building (npm ci, npm run build)'
  (cd "$here" && npm ci && npm run build) >&2 || fail 'the build failed; nothing was installed'
}

install() {
  find_node
  build
  if [ -e "$command" ] && ! is_ours "$command"; then
    fail "$command is there already and is another program" 'move it away, then run this again'
  fi
  mkdir -p "$data" "$bin"
  rm -rf "$data/new"
  mkdir "$data/new"
  cp -R "$here/dist" "$here/package.json" "$here/LICENSE" "$data/new/"
  rm -rf "$data/app"
  mv "$data/new" "$data/app"
  {
    say '#!/bin/sh'
    say "$mark"
    say "exec $(quoted "$node") $(quoted "$data/app/dist/main.js") \"\$@\""
  } >"$command.new"
  chmod 755 "$command.new"
  mv "$command.new" "$command"
  installed=$("$command" --version) || fail "$command does not start"
  say "installed: $installed on Node.js $version"
  say "  program: $data"
  say "  command: $command"
  case ":$PATH:" in
    *":$bin:"*) ;;
    *) say "  $bin is not on your PATH: call the command by its path, or add to ~/.profile: PATH=\"$bin:\$PATH\"" ;;
  esac
}

uninstall() {
  removed=
  if is_ours "$command"; then
    rm -f "$command"
    removed=1
    say "removed: $command"
  fi
  if [ -d "$data/app" ]; then
    rm -rf "$data/app" "$data/new"
    rmdir "$data" 2>/dev/null || true
    removed=1
    say "removed: $data"
  fi
  [ -n "$removed" ] || say 'nothing to remove: s3-bsync is not installed here'
  for kept in "$HOME/.state.s3sync" "$HOME/.state.s3sync.d"; do
    [ ! -e "$kept" ] || say "kept: $kept"
  done
  [ ! -d "$HOME/.state.s3sync.d/backups" ] || say "kept: the backups in $HOME/.state.s3sync.d/backups"
  say 'State files that were named with --file, and their backups beside them, stay as well.'
}

[ -n "${HOME:-}" ] || fail 'HOME is not set'
data=${XDG_DATA_HOME:-$HOME/.local/share}/s3-bsync
bin=$HOME/.local/bin
command=$bin/s3-bsync

case "${1:-install}" in
  install) install ;;
  uninstall) uninstall ;;
  *) fail "unknown argument $1" 'usage: install.sh [install | uninstall]' ;;
esac
