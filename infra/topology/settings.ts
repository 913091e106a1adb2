import { z } from "zod";
import {
  formatPath,
  isRecord,
  nearest,
  type PathSegments,
  type Problem,
  suggest,
} from "../registry/index.js";
import type { AssumedRole } from "./plan.js";
import type { StackOverrides } from "./stack-name.js";

/** A stack's configuration as the engine hands it to a program; stack files are brought into the same shape. */
export interface StackConfiguration {
  readonly stack: string;
  /** The project's name in Pulumi.yaml, which is the namespace of the keys that are read. */
  readonly project: string;
  /** By full key, such as `event-backbone:account`; lists and maps are JSON text. */
  readonly values: Readonly<Record<string, string>>;
  /** Full keys of values that hold something secret, which the engine has decrypted. */
  readonly secretKeys: readonly string[];
}

/** What a stack's configuration says. */
export interface StackSettings extends StackOverrides {
  /** Where a value is encrypted, as in a stack file, `[secret]` stands instead. */
  readonly assumeRoles: readonly AssumedRole[];
  /** Whether the configuration keeps the roles secret; then the state must, too. */
  readonly rolesAreSecret: boolean;
  /** What is still encrypted, such as `event-backbone:assumeRoles[0].externalId`. */
  readonly encrypted: readonly string[];
  /** One sentence for each key of another namespace, because this program reads none of them. */
  readonly warnings: readonly string[];
}

/** What is wrong with one stack's configuration. */
export interface StackMistakes {
  readonly stack: string;
  readonly problems: readonly Problem[];
}

/** The configuration of stacks cannot be used; `mistakes` holds everything that was found. */
export class StackSettingsError extends Error {
  readonly mistakes: readonly StackMistakes[];

  constructor(mistakes: readonly StackMistakes[]) {
    super(render(mistakes));
    this.name = "StackSettingsError";
    this.mistakes = mistakes;
  }
}

/** A mistake in Pulumi.yaml is one of every stack; it is told once. */
function render(mistakes: readonly StackMistakes[]): string {
  const stacksOf = new Map<string, string[]>();
  for (const { stack, problems } of mistakes) {
    const told = problems.map(({ path, message }) => `  ${path}: ${message}`).join("\n");
    stacksOf.set(told, [...(stacksOf.get(told) ?? []), `"${stack}"`]);
  }
  return [...stacksOf]
    .map(([told, stacks]) => {
      const named = `${stacks.length === 1 ? "stack" : "stacks"} ${stacks.join(", ")}`;
      return `The configuration of ${named} cannot be used:\n${told}`;
    })
    .join("\n");
}

const encryptedValue = z.strictObject({ secure: z.string() });
const shownForEncrypted = "[secret]";
const encryptedText = encryptedValue.transform(() => shownForEncrypted);

const textMend = "must be text; put it in quotes in the stack file";
const rolesMend = 'write a list such as [{ roleArn: "arn:aws:iam::111111111111:role/deploy" }]';
const optionalText = z.union([encryptedText, z.string()], textMend).optional();

const role = z.strictObject(
  {
    roleArn: z.union(
      [encryptedText, z.string().regex(/^arn:[\w-]+:iam::\d{12}:role\/.+$/, `is no role ARN; ${rolesMend}`)],
      { error: ({ input }) => `${input === undefined ? "is missing" : "must be text"}; ${rolesMend}` },
    ),
    externalId: optionalText,
    sessionName: optionalText,
  },
  `must be a role; ${rolesMend}`,
);

const nameOf = (kind: string) => {
  const message = `must be text: the name of ${kind} in the registry`;
  return z.string(message).min(1, message).optional();
};

/** Every ARN shows them: they cannot be secret. */
const names = { account: nameOf("an account"), environment: nameOf("an environment") };

const settings = z.strictObject({
  ...names,
  assumeRoles: z.array(role, `must be a list of roles; ${rolesMend}`).optional(),
});
const knownKeys = Object.keys(settings.shape);

/**
 * Reads a stack's configuration. Keys of other namespaces are not read; those that look misspelt are mistakes.
 * @throws StackSettingsError with every mistake; it repeats no value, as values may be secret
 */
export function readStackSettings(configuration: StackConfiguration): StackSettings {
  const { stack, project, values, secretKeys } = configuration;
  const namespace = `${project}:`;
  const keyOf = (path: PathSegments) => `${namespace}${formatPath(path)}`;
  const [own, foreign] = partition(Object.keys(values), (key) => key.startsWith(namespace));
  const given = Object.fromEntries(
    own.map((key) => [key.slice(namespace.length), parseValue(values[key] ?? "")]),
  );
  const encrypted = encryptedPaths(given, []);
  const isSecret = (key: string) =>
    secretKeys.includes(`${namespace}${key}`) || encrypted.some(([first]) => first === key);

  const [secretNames, readable] = partition(Object.keys(given), (key) => key in names && isSecret(key));
  const result = settings.safeParse(
    Object.fromEntries(readable.map((key) => [key, key === "assumeRoles" ? spread(given[key]) : given[key]])),
  );
  const problems = [
    ...foreign.flatMap((key) => misspeltNamespace(project, key, knownKeys) ?? []),
    ...secretNames.map((key) => ({
      path: keyOf([key]),
      message: `a name of the registry cannot be secret; write it as it is: npx pulumi config set -s ${stack} ${keyOf([key])} <name>`,
    })),
    ...(result.error?.issues ?? []).flatMap((issue) => describe(issue, keyOf)),
  ];
  if (!result.success || problems.length > 0) throw new StackSettingsError([{ stack, problems }]);
  const { account, environment, assumeRoles = [] } = result.data;
  return {
    account,
    environment,
    assumeRoles: assumeRoles.map(({ roleArn, externalId, sessionName }) => ({
      roleArn,
      ...(externalId === undefined ? {} : { externalId }),
      ...(sessionName === undefined ? {} : { sessionName }),
    })),
    rolesAreSecret: isSecret("assumeRoles"),
    encrypted: encrypted.map(keyOf),
    warnings: foreign.flatMap((key) => notRead(project, key) ?? []),
  };
}

function partition<Value>(values: readonly Value[], test: (value: Value) => boolean): [Value[], Value[]] {
  return [values.filter(test), values.filter((value) => !test(value))];
}

/** Lists and maps arrive as JSON text; any other text is a value itself. */
function parseValue(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

function encryptedPaths(value: unknown, path: PathSegments): PathSegments[] {
  if (encryptedValue.safeParse(value).success) return [path];
  if (Array.isArray(value)) return value.flatMap((member, at) => encryptedPaths(member, [...path, at]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => encryptedPaths(member, [...path, key]));
}

/** A whole list or role that is encrypted is read as one role of which everything is. */
function spread(roles: unknown): unknown {
  const asRole = (value: unknown) => (encryptedValue.safeParse(value).success ? { roleArn: value } : value);
  if (Array.isArray(roles)) return roles.map(asRole);
  return encryptedValue.safeParse(roles).success ? [asRole(roles)] : roles;
}

function describe(issue: z.core.$ZodIssue, keyOf: (path: PathSegments) => string): Problem[] {
  const path = issue.path.filter((segment) => typeof segment !== "symbol");
  if (issue.code !== "unrecognized_keys") return [{ path: keyOf(path), message: issue.message }];
  const known = path.length === 0 ? knownKeys : Object.keys(role.shape);
  return issue.keys.map((key) => ({
    path: keyOf([...path, key]),
    message: `nothing is called so here; ${suggest(key, known, "remove it")}`,
  }));
}

/** A key of a namespace that is probably meant to be the project's, such as `eventbackbone:account`. */
function misspeltNamespace(project: string, key: string, knownKeys: readonly string[]): Problem | undefined {
  const [namespace, name] = split(key);
  if (nearest(namespace, [project]) === undefined) return undefined;
  const meant = nearest(name, knownKeys);
  if (meant === undefined) return undefined;
  return { path: key, message: `no key is called so here; did you mean "${project}:${meant}"?` };
}

/** Says of a key of another namespace that it has no effect, and what has; silent about the engine's own. */
function notRead(project: string, key: string): string | undefined {
  const [namespace, name] = split(key);
  return namespace === "pulumi" ? undefined : `${key} is not read: ${whatDecides(project, namespace, name)}`;
}

function whatDecides(project: string, namespace: string, name: string): string {
  if (namespace !== "aws") return `the keys of this program begin with ${project}:`;
  if (name === "region") return "the registry says the Region (config/environments.ts)";
  if (name === "profile") return "the credentials are the environment's; set AWS_PROFILE there";
  if (name.startsWith("assumeRole")) return `write ${project}:assumeRoles`;
  return "the provider is built from the registry";
}

function split(key: string): [string, string] {
  const colon = key.indexOf(":");
  return [key.slice(0, colon), key.slice(colon + 1)];
}
