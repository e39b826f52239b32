/** What an error of the SDK, or of the network below it, says. Status first: HEAD has no body to take a code from. */

interface SdkError {
  readonly name?: string;
  readonly Code?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** @returns undefined: no answer came */
export function statusOf(error: unknown): number | undefined {
  return (error as SdkError | undefined)?.$metadata?.httpStatusCode;
}

/** The code of S3, of Node (`ECONNRESET`), or the SDK's name for it; "" where it has none. */
export function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { Code, code, name } = error as SdkError;
  const said = Code ?? (statusOf(error) === undefined ? (code ?? name) : name);
  return said === undefined || said === "Error" || said === "Unknown" || said === "UnknownError" ? "" : said;
}

export function headerOf(error: unknown, name: string): string | undefined {
  return (error as SdkError).$response?.headers?.[name];
}
