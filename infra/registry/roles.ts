import { z } from "zod";
import { rolePathMaxLength } from "../aws/limits.js";
import { nameRules } from "../aws/names.js";
import { entry, expected, type Readers, text } from "./entries.js";
import type { RolesDefinition } from "./operating-definitions.js";
import type { PathSegments } from "./problem.js";
import { type ProblemList, readEntry } from "./read.js";
import type { RoleSettings } from "./registry.js";

/** What an environment says about all roles; what has a mistake is reported and left out. */
export function readRoles(
  problems: ProblemList,
  written: Readonly<Record<string, unknown>>,
  at: PathSegments,
): RoleSettings {
  const { path, permissionsBoundary, redrivers } = readEntry(problems, roles, written, at).partial;
  return {
    ...(path === undefined ? {} : { path }),
    ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
    ...(redrivers === undefined ? {} : { redrivers }),
  };
}

const pathMend = 'write one such as "/backbone/", or leave it out';
const boundaryMend = 'write the policy\'s name, such as "team-boundary", or leave it out';

const redriversMend = 'write one such as "ops/*", or leave it out';

const roles = entry({
  path: text(pathMend)
    .regex(/^(?:\/|\/.+\/)$/s, {
      error: ({ input }) => `${JSON.stringify(input)} is not between two slashes; ${slashed(String(input))}`,
      abort: true,
    })
    .max(rolePathMaxLength, {
      error: `has more than ${rolePathMaxLength} characters, which is all that IAM takes; shorten it`,
    })
    // A policy that names a role reads * and ? as wildcards and ${ as a variable, an SSM parameter {{ as another one.
    .regex(/^(?!.*(?:[*?]|\$\{|\{\{))[\x21-\x7e]*$/s, {
      error: ({ input }) =>
        `${JSON.stringify(input)} cannot stand in the ARN of a role that policies name; use printable ASCII without spaces, *, ?, \${ and {{, such as "/backbone/"`,
    })
    .optional(),
  permissionsBoundary: text(boundaryMend)
    .refine((name) => !name.startsWith("arn:"), {
      error: ({ input }) => boundaryArn(String(input)),
      abort: true,
    })
    .refine((name) => !name.startsWith("/"), {
      error: ({ input }) =>
        `${JSON.stringify(input)} begins with a slash; write ${JSON.stringify(String(input).replace(/^\/+/, ""))}`,
      abort: true,
    })
    .regex(/^(?:[\w+=,.@-]+\/)*[\w+=,.@-]+$/, {
      error: ({ input }) =>
        `${JSON.stringify(input)} is no name of a managed policy, which has letters, digits and +=,.@_-, and slashes behind the parts of its path; ${boundaryMend}`,
    })
    .refine((name) => isShortPolicy(name), {
      error: `is too long; a policy's name has ${nameRules.managedPolicy.maxLength} characters at most, its path ${rolePathMaxLength}`,
    })
    .optional(),
  redrivers: z
    .array(
      text(redriversMend).regex(/^(?!\*+$)(?:[\w+=,.@*-]+\/)*[\w+=,.@*-]+$/, {
        error: ({ input }) =>
          `${JSON.stringify(input)} is no name of a role with its path, without "arn:" and a slash before it, and not * alone; ${redriversMend}`,
      }),
      { error: expected("a list of names of roles", redriversMend) },
    )
    .min(1, { error: `has no role, and so nobody could put a letter back; ${redriversMend}` })
    .optional(),
} satisfies Readers<RolesDefinition>);

function slashed(path: string): string {
  const parts = path.replace(/^\/+|\/+$/g, "");
  return parts === "" ? pathMend : `write ${JSON.stringify(`/${parts}/`)}`;
}

/** Every account has a policy of its own, so an ARN would be right in one of them. */
function boundaryArn(arn: string): string {
  const [, account, name = ""] = /^arn:[^:]*:iam::([^:]*):policy\/(.+)$/.exec(arn) ?? [];
  if (account === "aws")
    return `${JSON.stringify(arn)} is a policy of AWS's own, which cannot be one here; make one with its text in every account, and write its name`;
  return `${JSON.stringify(arn)} is an ARN, and every account has its own; write ${name === "" ? "the policy's name" : JSON.stringify(name)}`;
}

function isShortPolicy(written: string): boolean {
  const nameAt = written.lastIndexOf("/") + 1;
  return written.length - nameAt <= nameRules.managedPolicy.maxLength && nameAt < rolePathMaxLength;
}
