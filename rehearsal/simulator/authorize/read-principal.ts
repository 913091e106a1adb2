import type { JsonValue } from "../json.js";
import type { Report } from "./malformed.js";
import { readMembers, readTexts } from "./policy-json.js";
import {
  addPrincipal,
  emptyPrincipalSet,
  principalPart,
  undecidablePrincipal,
  type PrincipalPart,
} from "./principal-part.js";
import type { PolicyHome } from "./policy-home.js";
import { rulesOf } from "./policy-home.js";

/** Reads Principal or NotPrincipal of a statement. Undefined in an identity policy, and where it is wrong. */
export function readPrincipal(
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
