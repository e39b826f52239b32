#!/usr/bin/env node
/** argv, environment, signals and exit code: the only file that names `process`. */

import { hostname, tmpdir } from "node:os";
import { isSea } from "node:sea";
import { setFlagsFromString } from "node:v8";
import { run } from "./cli/run.ts";
import { streamOutput } from "./cli/terminal/stream-output.ts";
import { terminalPrompt } from "./cli/terminal/terminal.ts";
import { errorText } from "./cli/render/error-text.ts";
import { BsyncError } from "./model/errors.ts";
import { ExitCode } from "./model/exit-code.ts";

// Little is alive at any time, and V8 would let four times as much garbage pile up before it looks. A share, not a bound.
setFlagsFromString("--heap-growing-percent=50");

const { argv, env } = process;
env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const home = env["HOME"] === "" ? undefined : env["HOME"];
const stdout = streamOutput(process.stdout);
const stderr = streamOutput(process.stderr);

/** The first signal lets the run end in order, the second one ends it. */
const interrupt = new AbortController();
for (const [name, code] of [
  ["SIGINT", ExitCode.interrupted],
  ["SIGTERM", ExitCode.terminated],
] as const) {
  process.on(name, () => stop(code));
}

process.on("uncaughtException", (error) => {
  fail(error);
  void stderr.flush().then(() => process.exit());
});

void main(); // what it throws ends as an uncaught exception

async function main(): Promise<void> {
  const code = await run(argv.slice(2), {
    stdout,
    stderr,
    screen: process.stderr.isTTY ? { stream: process.stderr, showsStdout: process.stdout.isTTY } : undefined,
    signal: interrupt.signal,
    home,
    cwd: () => process.cwd(),
    prompt: terminalPrompt(process, interrupt.signal, () => stop(ExitCode.interrupted)),
    async newEngine(stateFile) {
      const { newEngine } = await import("./app/engine.ts");
      return newEngine({
        stateFile,
        env,
        pid: process.pid,
        hostname: hostname(),
        tmpdir: tmpdir(),
        uid: process.getuid?.() ?? 0,
        platform: process.platform,
        program: isSea() ? [process.execPath] : [process.execPath, argv[1] ?? ""],
        isTerminal: process.stdin.isTTY && process.stderr.isTTY,
        now: Date.now,
      });
    },
  });
  process.exitCode = code;
  const failure = await stdout.flush();
  if (failure !== undefined) fail(new BsyncError(`standard output: ${failure.message}`));
  await stderr.flush();
}

function stop(ends: ExitCode): void {
  if (interrupt.signal.aborted) process.exit(ends);
  interrupt.abort(ends);
}

function fail(error: unknown): void {
  void stderr.write(errorText(error, { stack: argv.includes("--debug") }));
  process.exitCode = ExitCode.failed;
}
