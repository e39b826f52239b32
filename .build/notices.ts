/** The licences of the packages that are part of what was built, and what these ask to be said. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

interface Package {
  /** With its version. */
  readonly name: string;
  /** As SPDX names it. */
  readonly licence: string;
  readonly homepage: string;
  /** "": it comes without one. */
  readonly text: string;
}

const RULE = `\n\n${"-".repeat(78)}\n\n`;

/** @throws {Error} nobody knows under which terms a package may be passed on */
export function noticesOf(metafiles: readonly Metafile[]): string {
  const packages = [...new Set(metafiles.flatMap(foldersIn))].toSorted().map(packageIn);
  const namesByText = new Map<string, string[]>();
  for (const each of packages) {
    const text = textFor(each, packages);
    const names = namesByText.get(text) ?? [];
    namesByText.set(text, [...names, `${each.name} (${each.licence})  ${each.homepage}`.trim()]);
  }
  const parts = [...namesByText].map(([text, names]) => `${names.join("\n")}\n\n${text}`);
  return `${["s3-bsync contains these packages, under these licences.", ...parts].join(RULE)}\n`;
}

/** Of those modules that came to something. */
function foldersIn({ outputs }: Metafile): readonly string[] {
  const modules = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  return modules.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
}

function packageIn(folder: string): Package {
  const { name, version, license, homepage, repository } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Readonly<Record<string, string | { readonly url?: string } | undefined>>;
  const url = typeof repository === "object" ? repository.url : repository;
  return {
    name: `${String(name)} ${String(version)}`,
    licence: String(license),
    homepage: String(homepage ?? url ?? ""),
    text: licenceFiles(folder)
      .map((path) => readFileSync(path, "utf8").replaceAll("\r", "").trim())
      .join("\n\n"),
  };
}

/** Of the package, and of others that are part of it. */
function licenceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(?:licen[cs]es?|copying|notice)(?:[.-].*)?$/i.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.slice(folder.length).includes("node_modules"))
    .toSorted();
}

/** One of a family that comes without a text has that of its sisters. */
function textFor({ name, licence, text }: Package, all: readonly Package[]): string {
  if (text !== "") return text;
  const [family = ""] = name.split("/");
  const sister = all.find(
    (each) => each.text !== "" && each.licence === licence && each.name.startsWith(`${family}/`),
  );
  if (sister === undefined) throw new Error(`${name} (${licence}) comes without a licence`);
  return sister.text;
}
