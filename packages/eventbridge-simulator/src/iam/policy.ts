import { isJsonArray, type JsonValue, readJson } from "event-patterns";
import { type PolicyHome, rulesOf } from "./policy-home.js";
import { type Malformed, readMembers } from "./policy-json.js";
import { readStatement, type StatementReading } from "./read-statement.js";
import type { Principal } from "./request.js";
import type { Statement } from "./statement.js";

/** A policy, compiled. */
export interface PolicyDocument {
  /** The statements that could reach this principal; the others need not be looked at. */
  readonly statementsFor: (principal: Principal) => readonly Statement[];
  /** All statements, in order. */
  readonly statements: readonly Statement[];
  /** Whether any statement reads this condition key (lower-case). */
  readonly mentions: (key: string) => boolean;
}

export type PolicyReading =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly problems: readonly Malformed[] };

/**
 * Reads a policy from its text, as the service that keeps it would.
 * @param home where the policy is kept; decides which elements, actions and resources AWS takes
 * @returns the compiled document, or everything for which AWS would refuse it; never throws
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function readPolicy(text: string, home: PolicyHome): PolicyReading {
  const reading = readJson(text);
  if (!reading.ok)
    return { ok: false, problems: [{ reason: "malformed-json", subject: reading.problem.problem }] };
  const members = readMembers(reading.value);
  if (members === undefined) return { ok: false, problems: [{ reason: "malformed-document", subject: "" }] };

  const problems: Malformed[] = [];
  for (const name of members.keys()) {
    if (!["Version", "Id", "Statement"].includes(name))
      problems.push({ reason: "malformed-element", subject: name });
  }
  const variables = readVersion(members.get("Version"), home, problems);
  const readings = readStatements(members.get("Statement"), home, variables, problems);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, document: compileDocument(readings) };
}

/** @returns whether the version has policy variables; a missing one counts as 2008-10-17, which has none */
function readVersion(version: JsonValue | undefined, home: PolicyHome, problems: Malformed[]): boolean {
  const known = version === undefined || version === "2012-10-17" || version === "2008-10-17";
  if (!known) {
    problems.push({
      reason: "malformed-version",
      subject: typeof version === "string" ? version : "not a text",
    });
  } else if (rulesOf(home).versionRequired && version !== "2012-10-17") {
    problems.push({ reason: "malformed-version-missing", subject: version ?? "" });
  }
  return version === "2012-10-17";
}

function readStatements(
  value: JsonValue | undefined,
  home: PolicyHome,
  variables: boolean,
  problems: Malformed[],
): readonly StatementReading[] {
  const list = value === undefined ? [] : isJsonArray(value) ? value : [value];
  if (list.length === 0) problems.push({ reason: "malformed-statement", subject: "" });
  const seen = new Set<string>();
  return list.flatMap((item, index) => {
    const members = readMembers(item);
    const sid = members?.get("Sid");
    const statement = typeof sid === "string" && sid !== "" ? sid : `#${index}`;
    if (members === undefined) {
      problems.push({
        reason: "malformed-statement",
        subject: "not an object, or one that repeats an element",
        statement,
      });
      return [];
    }
    if (sid !== undefined && (typeof sid !== "string" || !rulesOf(home).sid.test(sid))) {
      problems.push({
        reason: "malformed-sid",
        subject: typeof sid === "string" ? sid : "not a text",
        statement,
      });
    }
    if (seen.has(statement)) problems.push({ reason: "malformed-sid-twice", subject: statement, statement });
    seen.add(statement);
    return [
      readStatement(members, statement, home, variables, (reason, subject = "") => {
        problems.push({ reason, subject, statement });
      }),
    ];
  });
}

function compileDocument(readings: readonly StatementReading[]): PolicyDocument {
  const statements = readings.map(({ statement }) => statement);
  const keys = new Set(readings.flatMap((reading) => reading.keys));
  // The policy of a backbone's bus has hundreds of statements, of which a handful concern one account.
  const byName = new Map<string, readonly Statement[]>();
  return {
    statements,
    mentions: (key) => keys.has(key),
    statementsFor: (principal) => {
      const name = principal.kind === "role" ? principal.account : principal.service;
      const known = byName.get(name);
      if (known !== undefined) return known;
      const concerned = statements.filter((statement) => statement.principal?.concerns(name) ?? true);
      byName.set(name, concerned);
      return concerned;
    },
  };
}

// The same policies are read again and again: callers bring theirs with every call, and a proof builds several
// worlds that differ in one thing. The cap only keeps a long-lived process from growing; a rehearsal of a few
// hundred members stays below it.
const most = 10_000;
const readings = new Map<string, PolicyReading>();

/** Reads a policy, once for each text and home. */
export function readPolicyOnce(text: string, home: PolicyHome): PolicyReading {
  const key = `${home.kind} ${home.kind === "bus" ? home.arn : ""} ${text}`;
  const known = readings.get(key);
  if (known !== undefined) return known;
  if (readings.size >= most) readings.clear();
  const reading = readPolicy(text, home);
  readings.set(key, reading);
  return reading;
}
