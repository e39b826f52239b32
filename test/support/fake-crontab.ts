/** A shell script that stands for crontab: its table is a file in the home directory. */

export const FAKE_CRONTAB = `case $1 in
-l) test -e "$HOME/table" && cat "$HOME/table" || { echo "no crontab for ann" >&2; exit 1; } ;;
-) cat > "$HOME/table" ;;
esac`;
