import { absent, one, oneOrAbsent, type KeyFact } from "../context.js";
import type { ServicePrincipal } from "../request.js";
import type { GuardedResource, SendingRule } from "./resource.js";

/** The principal that delivers events, assumes execution roles and writes dead letters. */
export const eventBridge: ServicePrincipal = { kind: "service", service: "events.amazonaws.com" };

type Facts = readonly (readonly [string, KeyFact])[];

/** What every request of EventBridge carries that it makes for a resource of a customer. */
export function serviceFacts({ service }: ServicePrincipal, resource: GuardedResource): Facts {
  return [
    // A service is no principal of any account.
    ["aws:principalarn", absent],
    ["aws:principalaccount", absent],
    ["aws:principalorgid", absent],
    ["aws:principalisawsservice", one("true")],
    ["aws:principalservicename", one(service)],
    ["aws:securetransport", one("true")],
    ["aws:resourceaccount", one(resource.account)],
    ["aws:resourceorgid", oneOrAbsent(resource.organizationId)],
  ];
}

/** On whose behalf: the rule, its account, its organisation. */
export function sourceFacts(rule: SendingRule): Facts {
  return [
    ["aws:sourcearn", one(rule.arn)],
    ["aws:sourceaccount", one(rule.account)],
    ["aws:sourceorgid", oneOrAbsent(rule.organizationId)],
  ];
}
