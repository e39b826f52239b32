/** What an error of the server, of the SDK, or of the network below them, says. Status first: HEAD has no body to take a code from. */

interface SdkError {
  readonly name?: string;
  readonly Code?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** An answer that says what is wrong, in the form that the SDK gives to such ones. */
export class AnsweredError extends Error {
  readonly Code: string;
  readonly Region: string | undefined;
  readonly $metadata: { readonly httpStatusCode: number; clockSkewCorrected?: boolean };
  readonly $response: { readonly headers: Readonly<Record<string, string>> };

  /** @param body XML, or nothing */
  constructor(status: number, headers: Readonly<Record<string, string>>, body: string) {
    const code = textOf(body, "Code") ?? (status === 404 ? "NotFound" : "Unknown");
    super(textOf(body, "Message") ?? `status ${status}`);
    this.name = code;
    this.Code = code;
    this.Region = textOf(body, "Region");
    this.$metadata = { httpStatusCode: status };
    this.$response = { headers };
  }
}

/** What the first element of that name holds; undefined: nothing. */
function textOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.trim();
  return text === "" ? undefined : text;
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
