/** What a request is refused with. */

import { document, element } from "./xml.ts";

export class S3Error extends Error {
  override readonly name = "S3Error";
  readonly status: number;
  readonly code: string;
  /** Further elements of the answer. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, code: string, fields: Readonly<Record<string, string>> = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

export function errorXml(code: string, fields: Readonly<Record<string, string>> = {}): string {
  const more = Object.entries(fields).map(([name, value]) => element(name, value));
  return document(
    element("Error", { xml: [element("Code", code), element("Message", code), ...more].join("") }),
  );
}
