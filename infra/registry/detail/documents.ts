import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { parse } from "yaml";
import { nearest } from "../problem.js";
import { isJson, isRecord } from "../read.js";
import type { Steps } from "./parts.js";

/** A document that holds a JSON Schema. */
export interface SchemaDocument {
  /** As it is named to people: `schemas/document.yaml`, from the project's folder. */
  readonly name: string;
  /** Its file; of a schema that is written in the registry, the project's folder. */
  readonly location: URL;
  readonly content: unknown;
}

export interface Place {
  readonly document: SchemaDocument;
  readonly steps: Steps;
}

export type OpenedDocument =
  | { readonly ok: true; readonly document: SchemaDocument }
  /** What is wrong and how to mend it, with the file's name. */
  | { readonly ok: false; readonly problem: string };

/** The folder of Pulumi.yaml, with a slash at its end: paths of schemas begin there. */
export const projectFolder = new URL("../../../", import.meta.url);

const extensions = [".json", ".yaml", ".yml"];

/** Reads each file once while a registry is parsed, however many contracts share it. */
export class Documents {
  readonly #opened = new Map<string, OpenedDocument>();

  /** @param location a file; nothing is ever read from elsewhere */
  open(location: URL): OpenedDocument {
    const file = new URL(location);
    file.hash = "";
    file.search = "";
    const opened = this.#opened.get(file.href) ?? openFile(file);
    this.#opened.set(file.href, opened);
    return opened;
  }

  /** The document in the same folder that calls itself by an `$id`. */
  withId(id: string, beside: URL): SchemaDocument | undefined {
    if (beside.href === projectFolder.href) return undefined;
    const folder = dirname(fileURLToPath(beside));
    for (const name of readdirSync(folder)) {
      if (!extensions.includes(extname(name))) continue;
      const opened = this.open(pathToFileURL(join(folder, name)));
      if (!opened.ok || !isRecord(opened.document.content)) continue;
      const { $id } = opened.document.content;
      if (typeof $id === "string" && $id.replace(/#$/, "") === id) return opened.document;
    }
    return undefined;
  }
}

function openFile(location: URL): OpenedDocument {
  let file;
  try {
    file = fileURLToPath(location);
  } catch {
    return { ok: false, problem: `${location.href} names no file of this machine; write its path` };
  }
  const name = nameOf(file);
  let text;
  try {
    text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    return { ok: false, problem: unreadable(file, name, codeOf(error)) };
  }
  const language = extname(file) === ".json" ? "JSON" : "YAML";
  try {
    const content: unknown = language === "JSON" ? JSON.parse(text) : parseYaml(text);
    if (isJson(content)) return { ok: true, document: { name, location, content } };
    return { ok: false, problem: `${name} holds what JSON has no word for, such as .nan; take it out` };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // Behind its first line YAML's parser shows the passage; JSON's shows it on the way.
    const what = language === "YAML" ? why.replace(/:?\n[^]*$/, "") : why.replace(/\s+/g, " ");
    return { ok: false, problem: `${name} is no ${language} (${what}); mend it there` };
  }
}

function unreadable(file: string, name: string, code: string): string {
  if (code === "EISDIR") return `${name} is a folder; name a file in it`;
  if (code !== "ENOENT" && code !== "ENOTDIR")
    return `${name} cannot be read (${code}); let this user read it`;
  const present = listFolder(dirname(file)).filter((entry) => extensions.includes(extname(entry)));
  const meant = nearest(basename(file), present);
  const mend =
    meant === undefined
      ? "write the path from the folder of Pulumi.yaml"
      : `did you mean "${nameOf(join(dirname(file), meant))}"?`;
  return `there is no file ${name}; ${mend}`;
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

function nameOf(file: string): string {
  const path = relative(fileURLToPath(projectFolder), file).replaceAll("\\", "/");
  return path.startsWith("..") ? file : path;
}

function parseYaml(text: string): unknown {
  const module: unknown = createRequire(import.meta.url)("yaml");
  if (!isYaml(module)) throw new Error("the package yaml is of another version");
  return module.parse(text);
}

/** Loaded only where a schema is written in YAML: a registry without one does not wait for it. */
function isYaml(module: unknown): module is { readonly parse: typeof parse } {
  return isRecord(module) && typeof module.parse === "function";
}
