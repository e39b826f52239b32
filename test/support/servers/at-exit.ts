/** What must be undone however this process ends, short of SIGKILL. */

const undo = new Set<() => void>();
let installed = false;

/** @returns takes it back */
export function atExit(task: () => void): () => void {
  if (!installed) install();
  undo.add(task);
  return () => undo.delete(task);
}

function install(): void {
  installed = true;
  process.once("exit", runAll);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      runAll();
      process.kill(process.pid, signal);
    });
  }
}

function runAll(): void {
  for (const task of undo) {
    undo.delete(task);
    try {
      task();
    } catch {
      // The next one still has to run.
    }
  }
}
