import { absent, one, oneOrAbsent, type KeyFact } from "../context.js";
import type { Identity } from "../identity.js";
import type { GuardedResource } from "./resource.js";

/** What every request says that a role makes itself, through no other service. */
export function callerFacts(
  { facts }: Identity,
  organizationId: string | undefined,
  resource: GuardedResource,
): readonly (readonly [string, KeyFact])[] {
  return [
    ...facts,
    ["aws:principalorgid", oneOrAbsent(organizationId)],
    ["aws:principalisawsservice", one("false")],
    ["aws:principalservicename", absent],
    ["aws:sourcearn", absent],
    ["aws:sourceaccount", absent],
    ["aws:sourceorgid", absent],
    ["aws:username", absent],
    ["aws:viaawsservice", one("false")],
    ["aws:securetransport", one("true")],
    ["aws:requestedregion", one(resource.region)],
    ["aws:resourceaccount", one(resource.account)],
    ["aws:resourceorgid", oneOrAbsent(resource.organizationId)],
  ];
}
