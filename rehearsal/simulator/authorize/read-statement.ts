import type { JsonValue } from "../json.js";
import { actionPart } from "./action-part.js";
import { compileCondition, type Condition } from "./condition.js";
import type { Report } from "./malformed.js";
import { belongsToBus, rulesOf, type PolicyHome } from "./policy-home.js";
import { readConditionValues, readMembers, readTexts } from "./policy-json.js";
import { readPrincipal } from "./read-principal.js";
import { resourcePart, type ResourcePart } from "./resource-part.js";
import type { StatementPart } from "./statement-part.js";
import type { Statement } from "./statement.js";

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
