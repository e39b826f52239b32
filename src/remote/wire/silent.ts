/** A logger that says nothing: what the user has to know comes as an error. */

const nothing = (): void => {};

export const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
