import type { Circumstances, OpenFact } from "../circumstances.js";
import { absent, many, one, oneOrAbsent, type KeyFact } from "../context.js";
import type { RoleQuestion } from "../authorize.js";
import type { Identity } from "../identity.js";
import type { GuardedResource, SendingRule } from "./resource.js";

/** What the entries of one PutEvents call say, all together. */
export interface EventClaims {
  readonly sources: readonly string[];
  readonly detailTypes: readonly string[];
}

type Facts = readonly (readonly [string, KeyFact])[];

/** May this role put these events on the bus, by calling PutEvents itself? */
export function directPutEvents(
  caller: Identity,
  organizationId: string | undefined,
  bus: GuardedResource,
  claims: EventClaims,
): RoleQuestion {
  return putEvents(caller, bus, {
    known: new Map([
      ...commonFacts(caller, organizationId, bus, claims),
      ...direct,
      ["events:eventbusinvocation", one("false")],
    ]),
    open: [],
  });
}

/**
 * May this execution role put an event on the bus, on behalf of a rule of another bus?
 *
 * `events:eventBusInvocation` is "true" for a bus of another account; for one of the same account AWS does not
 * document it. Whether such a request carries `aws:SourceArn` and `aws:SourceAccount` beside a role is not
 * documented either. Both are open facts.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
 */
export function forwardedPutEvents(
  executionRole: Identity,
  rule: SendingRule,
  bus: GuardedResource,
  claims: EventClaims,
): RoleQuestion {
  const known = new Map(commonFacts(executionRole, rule.organizationId, bus, claims));
  const open: OpenFact[] = [
    {
      subject: "whether a forwarded event carries aws:SourceArn and aws:SourceAccount",
      alternatives: [
        new Map([
          ["aws:sourcearn", one(rule.arn)],
          ["aws:sourceaccount", one(rule.account)],
          ["aws:sourceorgid", oneOrAbsent(rule.organizationId)],
        ]),
        new Map(direct),
      ],
    },
  ];
  if (rule.account === bus.account) {
    open.push({
      subject: "events:eventBusInvocation of an event forwarded inside one account",
      alternatives: ["true", "false"].map((value) => new Map([["events:eventbusinvocation", one(value)]])),
    });
  } else {
    known.set("events:eventbusinvocation", one("true"));
  }
  return putEvents(executionRole, bus, { known, open });
}

/** No service stands behind a direct call. */
const direct: Facts = [
  ["aws:sourcearn", absent],
  ["aws:sourceaccount", absent],
  ["aws:sourceorgid", absent],
];

function commonFacts(
  { facts }: Identity,
  organizationId: string | undefined,
  bus: GuardedResource,
  { sources, detailTypes }: EventClaims,
): Facts {
  return [
    ...facts,
    ["aws:principalorgid", oneOrAbsent(organizationId)],
    ["aws:principalisawsservice", one("false")],
    ["aws:principalservicename", absent],
    ["aws:username", absent],
    // Also false where a service acts through a role of the customer (IAM, aws:ViaAWSService).
    ["aws:viaawsservice", one("false")],
    ["aws:securetransport", one("true")],
    ["aws:requestedregion", one(bus.region)],
    ["aws:resourceaccount", one(bus.account)],
    ["aws:resourceorgid", oneOrAbsent(bus.organizationId)],
    // Both are ArrayOfString: one call carries the values of all its entries (service authorization reference).
    ["events:source", many(sources)],
    ["events:detail-type", many(detailTypes)],
  ];
}

function putEvents(role: Identity, bus: GuardedResource, circumstances: Circumstances): RoleQuestion {
  return {
    principal: role.principal,
    action: "events:PutEvents",
    resource: bus.arn,
    resourceAccount: bus.account,
    circumstances,
    identityPolicies: role.policies,
    resourcePolicy: bus.policies[0],
    permissionsBoundary: role.permissionsBoundary,
  };
}
