import { nearest, type Problem } from "../registry/index.js";

/** A key of a namespace that is probably meant to be the project's, such as `eventbackbone:account`. */
export function misspeltNamespace(
  project: string,
  key: string,
  knownKeys: readonly string[],
): Problem | undefined {
  const [namespace, name] = split(key);
  if (nearest(namespace, [project]) === undefined) return undefined;
  const meant = nearest(name, knownKeys);
  if (meant === undefined) return undefined;
  return { path: key, message: `no key is called so here; did you mean "${project}:${meant}"?` };
}

/** Says of a key of another namespace that it has no effect, and what has; silent about the engine's own. */
export function notRead(project: string, key: string): string | undefined {
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
