import type { JsonValue } from "event-patterns";
import { compileCondition, type Condition } from "./condition.js";
import { belongsToBus, type PolicyHome, rulesOf } from "./policy-home.js";
import { readConditionValues, readMembers, readTexts, type Report } from "./policy-json.js";
import {
  addPrincipal,
  emptyPrincipalSet,
  principalPart,
  type PrincipalPart,
  undecidablePrincipal,
} from "./principal.js";
import { actionPart, resourcePart, type ResourcePart, type Statement } from "./statement.js";
import { type StatementPart } from "./verdict.js";

type Members = ReadonlyMap<string, JsonValue>;

const elements: ReadonlySet<string> = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

/** A statement with the condition keys that it reads, lower-case. */
export interface StatementReading {
  readonly statement: Statement;
  readonly keys: readonly string[];
}

/**
 * Reads and compiles one statement; what AWS would refuse is reported.
 * @param variables whether `${…}` is a policy variable in this document
 */
export function readStatement(
  members: Members,
  label: string,
  home: PolicyHome,
  variables: boolean,
  report: Report,
): StatementReading {
  for (const name of members.keys()) if (!elements.has(name)) report("malformed-element", name);
  const effect = members.get("Effect");
  if (effect !== "Allow" && effect !== "Deny")
    report("malformed-effect", typeof effect === "string" ? effect : "");
  const principal = readPrincipal(members, home, report);
  const action = readAction(members, home, report);
  const resource = readResource(members, home, variables, report);
  const conditions = readConditions(members.get("Condition"), variables, report);
  const parts = [principal, action, resource].filter((part) => part !== undefined);
  return {
    statement: { label, effect: effect === "Deny" ? "Deny" : "Allow", principal, parts, conditions },
    keys: [...conditions.flatMap((condition) => condition.keys), ...(resource?.variables ?? [])],
  };
}

function readAction(members: Members, home: PolicyHome, report: Report): StatementPart | undefined {
  const texts = readEither(members, "Action", () => {
    report("malformed-action-missing");
  });
  if (texts === undefined) return undefined;
  const { actions: admits } = rulesOf(home);
  const undecided: string[] = [];
  for (const text of texts) {
    if (text !== "*" && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/u.test(text)) report("malformed-action", text);
    else if (admits === undefined || admits(text.toLowerCase())) continue;
    else if (home.kind !== "trust" && /[*?]/u.test(text)) undecided.push(text);
    else report("malformed-action-not-admitted", text);
  }
  const decided = texts.filter((text) => !undecided.includes(text));
  return actionPart(decided, members.has("NotAction"), undecided);
}

function readResource(
  members: Members,
  home: PolicyHome,
  variables: boolean,
  report: Report,
): ResourcePart | undefined {
  if (rulesOf(home).resource === "prohibited") {
    for (const name of ["Resource", "NotResource"]) {
      if (members.has(name)) report("malformed-resource-prohibited", name);
    }
    return undefined;
  }
  const texts = readEither(members, "Resource", () => {
    report("malformed-resource-missing");
  });
  if (home.kind === "bus" && members.has("NotResource")) report("malformed-resource-foreign", "NotResource");
  for (const text of texts ?? []) {
    if (text !== "*" && !text.startsWith("arn:")) report("malformed-resource", text);
    else if (home.kind === "bus" && !belongsToBus(home.arn, text)) report("malformed-resource-foreign", text);
  }
  return texts && resourcePart(texts, members.has("NotResource"), variables);
}

/** Exactly one of an element and its negation. */
function readEither(
  members: Members,
  name: "Action" | "Resource",
  missing: () => void,
): readonly string[] | undefined {
  const [plain, negated] = [members.get(name), members.get(`Not${name}`)];
  const value = plain ?? negated;
  const texts =
    value === undefined || (plain !== undefined && negated !== undefined) ? undefined : readTexts(value);
  if (texts !== undefined && texts.length > 0) return texts;
  missing();
  return undefined;
}

function readConditions(
  value: JsonValue | undefined,
  variables: boolean,
  report: Report,
): readonly Condition[] {
  if (value === undefined) return [];
  const operators = readMembers(value);
  if (operators === undefined) {
    report("malformed-condition");
    return [];
  }
  return [...operators].flatMap(([operator, keys]) => {
    const members = readMembers(keys);
    if (members === undefined) report("malformed-condition", operator);
    return [...(members ?? [])].flatMap(([key, written]) => {
      const values = readConditionValues(written);
      if (values === undefined) report("malformed-condition", `${operator} ${key}`);
      return values === undefined ? [] : [compileCondition(operator, key, values, variables)];
    });
  });
}

/** Reads Principal or NotPrincipal of a statement. Undefined in an identity policy, and where it is wrong. */
function readPrincipal(
  members: ReadonlyMap<string, JsonValue>,
  home: PolicyHome,
  report: Report,
): PrincipalPart | undefined {
  const principal = members.get("Principal");
  const notPrincipal = members.get("NotPrincipal");
  if (rulesOf(home).principal === "prohibited") {
    if (principal !== undefined || notPrincipal !== undefined) report("malformed-principal-prohibited");
    return undefined;
  }
  if (principal !== undefined && notPrincipal !== undefined) {
    report("malformed-principal", "Principal beside NotPrincipal");
    return undefined;
  }
  // NotPrincipal with Deny needs account, role and session listed to spare a role; IAM advises against it.
  if (notPrincipal !== undefined) return undecidablePrincipal("NotPrincipal");
  if (principal === undefined) {
    report("malformed-principal-missing");
    return undefined;
  }
  // Who is meant by * where only services are let in is not documented (facts 4a).
  if (home.kind === "log-group" && principal === "*") return undecidablePrincipal("Principal *");
  return principal === "*" ? everyone() : readPrincipalMap(principal, home, report);
}

function everyone(): PrincipalPart {
  return principalPart({ ...emptyPrincipalSet(), everyone: true });
}

function readPrincipalMap(value: JsonValue, home: PolicyHome, report: Report): PrincipalPart | undefined {
  const members = readMembers(value);
  if (members === undefined || members.size === 0) {
    report("malformed-principal", "neither * nor an object");
    return undefined;
  }
  const set = emptyPrincipalSet();
  for (const [kind, names] of members) {
    if (!["AWS", "Service", "Federated", "CanonicalUser"].includes(kind)) {
      report("malformed-principal", kind);
      continue;
    }
    const texts = readTexts(names);
    if (texts === undefined || texts.length === 0) report("malformed-principal", kind);
    for (const text of texts ?? []) {
      if (!addPrincipal(set, kind, text)) report("malformed-principal", `${kind} ${text}`);
    }
  }
  if (home.kind === "log-group" && set.everyone) return undecidablePrincipal("Principal *");
  return principalPart(set);
}
