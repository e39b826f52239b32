/** Something that happens in the middle of a run, at a moment that is the same every time. */

import { operationOf, type RecordingProxy } from "./recording-proxy.ts";

export interface Moment {
  /** As AWS calls it, such as `GetObject`. */
  readonly operation: string;
  /** How the key ends; undefined: any. */
  readonly name?: string;
  /** Counted from 1, which is the default. */
  readonly nth?: number;
}

/** Acts once, right before the server hears of that request. @returns whether it has come to that */
export function atRequest(
  proxy: RecordingProxy,
  { operation, name = "", nth = 1 }: Moment,
  act: () => void | Promise<void>,
): () => boolean {
  const { before: others } = proxy;
  let met = 0;
  proxy.before = async (request) => {
    await others(request);
    if (operationOf(request) === operation && request.key.endsWith(name) && ++met === nth) await act();
  };
  return () => met >= nth;
}
