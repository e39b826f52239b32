/** Of one request. */

export interface SendOptions {
  readonly abortSignal?: AbortSignal;
}
