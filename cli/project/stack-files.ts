import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml, YAMLParseError } from "yaml";
import { isRecord, suggest } from "../../infra/registry/index.js";
import {
  readStackSettings,
  type StackMistakes,
  type StackSettings,
  StackSettingsError,
} from "../../infra/topology/index.js";
import { CallError } from "../errors.js";
import { projectFolder } from "./registry.js";

/** What the engine would know of stacks, as far as files say it. */
export interface StackFiles {
  /** Settings of every stack that has a file, by stack name. */
  readonly named: ReadonlyMap<string, StackSettings>;
  /** Settings of a stack without a file: what Pulumi.yaml says for all. */
  readonly unnamed: (stack: string) => StackSettings;
}

/**
 * Reads Pulumi.yaml and the stack files.
 * @throws CallError if a file is no YAML, or not of the shape the engine reads
 * @throws StackSettingsError with every mistake of every stack
 */
export function readStackFiles(): StackFiles {
  const project = readProject();
  const settingsOf = (stack: string, values: Values) =>
    readStackSettings({
      stack,
      project: project.name,
      values: { ...project.values, ...values },
      secretKeys: [],
    });
  // Pulumi makes the folder with the first stack.
  const present = existsSync(project.stackFolder) ? readdirSync(project.stackFolder) : [];
  const files = present.flatMap((file) => {
    const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
    return stack === undefined ? [] : [{ stack, ...readStackFile(project, file) }];
  });
  const mistakes: StackMistakes[] = [];
  const named = files.flatMap(({ stack, values, warnings }) => {
    try {
      const settings = settingsOf(stack, values);
      const unread = settings.warnings.map((warning) => `stack "${stack}": ${warning}`);
      return [[stack, { ...settings, warnings: [...warnings, ...unread] }] as const];
    } catch (error) {
      if (!(error instanceof StackSettingsError)) throw error;
      mistakes.push(...error.mistakes);
      return [];
    }
  });
  if (mistakes.length > 0) throw new StackSettingsError(mistakes);
  return { named: new Map(named), unnamed: (stack) => settingsOf(stack, {}) };
}

type Values = Readonly<Record<string, string>>;

interface Project {
  readonly name: string;
  readonly stackFolder: string;
  /** What every stack has, unless its own file says otherwise. */
  readonly values: Values;
}

/** `config` in Pulumi.yaml: defaults, declarations without any, or (long ago) the folder of the stack files. */
function readProject(): Project {
  const file = "Pulumi.yaml";
  const { name, config, stackConfigDir } = readYaml(projectFolder, file);
  if (typeof name !== "string") throw new CallError(`${file}: name must be text: the project's name`);
  const folder = typeof config === "string" ? config : stackConfigDir;
  const declared = typeof config === "string" ? [] : Object.entries(mapOf(`${file}: config`, config));
  const values = declared.flatMap(([key, value]) => {
    const given = isRecord(value) ? (value.value ?? value.default) : value;
    return given === undefined ? [] : [[fullKey(name, key), engineText(given)] as const];
  });
  return {
    name,
    stackFolder: typeof folder === "string" ? join(projectFolder, folder) : projectFolder,
    values: Object.fromEntries(values),
  };
}

interface StackFile {
  readonly values: Values;
  readonly warnings: readonly string[];
}

const sections = ["config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt"];

function readStackFile({ name, stackFolder }: Project, file: string): StackFile {
  const content = readYaml(stackFolder, file);
  const config = Object.entries(mapOf(`${file}: config`, content.config));
  const importsEnvironments = content.environment !== undefined && content.environment !== null;
  const unknown = Object.keys(content).filter((section) => !sections.includes(section));
  return {
    values: Object.fromEntries(config.map(([key, value]) => [fullKey(name, key), engineText(value)])),
    warnings: [
      ...unknown.map(
        (section) =>
          `${file}: nothing reads "${section}"; ${suggest(section, sections, "indent it under config")}`,
      ),
      ...(importsEnvironments
        ? [`${file} imports environments of Pulumi ESC; what they set is not known here`]
        : []),
    ],
  };
}

function readYaml(folder: string, file: string): Readonly<Record<string, unknown>> {
  let content: unknown;
  try {
    content = parseYaml(readFileSync(join(folder, file), "utf8"));
  } catch (error) {
    if (error instanceof YAMLParseError) throw new CallError(`${file} is not YAML: ${error.message}`);
    throw error;
  }
  return mapOf(file, content);
}

function mapOf(where: string, content: unknown): Readonly<Record<string, unknown>> {
  if (content === undefined || content === null) return {};
  if (!isRecord(content)) throw new CallError(`${where} must be a map of keys and values`);
  return content;
}

/** As the engine reads keys: one without namespace is the project's, and `config:` in the middle is history. */
function fullKey(project: string, key: string): string {
  return key.includes(":") ? key.replace(/^([^:]+):config:/, "$1:") : `${project}:${key}`;
}

/** As the engine hands values to a program. */
function engineText(value: unknown): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
