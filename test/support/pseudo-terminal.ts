/** A run of the built command at a terminal, with somebody who types. Needs Python, which can make terminals. */

import { spawnSync } from "node:child_process";
import type { Machine, Ran } from "./world.ts";

/** What a user types; the terminal makes of it what it makes of keys. */
export const KEYS = { enter: "\r", end: "\u0004", interrupt: "\u0003" } as const;

export const WITHOUT_TERMINAL =
  spawnSync("python3", ["-c", "import pty"], { stdio: "ignore" }).status === 0
    ? false
    : "there is no Python here to make a terminal with";

/**
 * Input and errors of the command are the terminal, its output is not. It types the next answer whenever a
 * question stands there, and ends the run with SIGKILL if there is no answer left.
 */
const DRIVER = `
import fcntl, json, os, pty, struct, sys, termios

answers = json.loads(sys.argv[1])
terminal, end = pty.openpty()
fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(end, termios.TIOCSCTTY, 0)
    os.dup2(end, 0)
    os.dup2(end, 2)
    os.execvp(sys.argv[2], sys.argv[2:])
os.close(end)
shown = since = b""
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        chunk = b""
    if not chunk:
        break
    shown += chunk
    since += chunk
    if b"waits)? " in since:
        since = b""
        if answers:
            os.write(terminal, answers.pop(0).encode())
        else:
            os.kill(child, 9)
sys.stderr.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255)
`;

/** @param answers one for each time that it is asked @returns as stderr what the terminal shows */
export async function atTerminal(
  machine: Machine,
  answers: readonly string[],
  ...argv: readonly string[]
): Promise<Ran> {
  machine.through = ["python3", "-c", DRIVER, JSON.stringify(answers)];
  const ran = await machine.run(...argv);
  machine.through = [];
  // oxlint-disable-next-line no-control-regex -- how the cursor is moved
  return { ...ran, stderr: ran.stderr.replaceAll("\r", "").replace(/\x1b\[\d*[A-Z]/g, "") };
}
