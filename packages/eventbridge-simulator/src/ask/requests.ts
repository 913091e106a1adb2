import type { ConsultedPolicy, RoleQuestion, ServiceQuestion } from "../iam/authorize.js";
import { type Identity } from "../iam/identity.js";
import {
  absent,
  type Circumstances,
  type KeyFact,
  many,
  one,
  oneOrAbsent,
  type OpenFact,
  type ServicePrincipal,
  settled,
} from "../iam/request.js";

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
 * document it. That a forward carries `aws:SourceArn` and `aws:SourceAccount` it documents, by its example policies for
 * forwards without a role; whether one carries them beside a role, it does not. Both are open facts.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-example-policy-restrict-rule.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
 */
export function forwardedPutEvents(
  executionRole: Identity,
  rule: SendingRule,
  bus: GuardedResource,
  claims: EventClaims,
  organizationId = rule.organizationId,
): RoleQuestion {
  const known = new Map(commonFacts(executionRole, organizationId, bus, claims));
  const open: OpenFact[] = [onBehalfOf(rule)];
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

/** Whether EventBridge names the rule in what it does by an execution role, AWS does not document. */
export function onBehalfOf(rule: SendingRule): OpenFact {
  return {
    subject: "whether a delivery by an execution role carries aws:SourceArn and aws:SourceAccount",
    alternatives: [new Map(sourceFacts(rule)), new Map(direct)],
  };
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
    resourcePolicies: bus.policies,
    permissionsBoundary: role.permissionsBoundary,
  };
}

/**
 * May EventBridge assume this execution role for the rule? The role's trust policy alone answers; a trust that
 * EventBridge's console writes asks for `aws:SourceArn` and `aws:SourceAccount` of the rule.
 * @param creator account that made the rule; which account is named for a rule on another's bus is not documented
 */
export function assumeRole(
  rule: SendingRule,
  role: GuardedResource,
  creator = rule.account,
): ServiceQuestion {
  const known = new Map([...serviceFacts(eventBridge, role), ...sourceFacts(rule)]);
  const accounts = creator === rule.account ? [] : [rule.account, creator];
  const open: OpenFact = {
    subject: "whether aws:SourceAccount is the account of the bus or the one that made the rule",
    alternatives: accounts.map((account) => new Map([["aws:sourceaccount", one(account)]])),
  };
  return {
    principal: eventBridge,
    action: "sts:AssumeRole",
    resource: undefined,
    circumstances: { known, open: accounts.length === 0 ? [] : [open] },
    resourcePolicies: role.policies,
  };
}

/**
 * May Lambda assume a function's role? Whether it names the function then, AWS does not document.
 */
export function assumeForFunction(lambda: GuardedResource, role: GuardedResource): ServiceQuestion {
  const principal: ServicePrincipal = { kind: "service", service: "lambda.amazonaws.com" };
  return {
    principal,
    action: "sts:AssumeRole",
    resource: undefined,
    circumstances: {
      known: new Map(serviceFacts(principal, role)),
      open: [
        {
          subject: "whether Lambda names the function when it assumes its role",
          alternatives: [new Map(sourceFacts(lambda)), new Map(direct)],
        },
      ],
    },
    resourcePolicies: role.policies,
  };
}

/**
 * May EventBridge send a message to this queue for the rule, as an event or as a dead letter?
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function sendMessage(rule: SendingRule, queue: GuardedResource): ServiceQuestion {
  return forRule("sqs:SendMessage", rule, queue);
}

/**
 * May EventBridge invoke this function for the rule?
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-lambda-permissions
 */
export function invokeFunction(rule: SendingRule, lambda: GuardedResource): ServiceQuestion {
  return forRule("lambda:InvokeFunction", rule, lambda);
}

function forRule(action: string, rule: SendingRule, resource: GuardedResource): ServiceQuestion {
  return {
    principal: eventBridge,
    action,
    resource: resource.arn,
    circumstances: settled(new Map([...serviceFacts(eventBridge, resource), ...sourceFacts(rule)])),
    resourcePolicies: resource.policies,
  };
}

/**
 * May a service publish on this topic on behalf of a rule or an alarm?
 * @param source ARN of the rule or alarm
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
export function publishOn(topic: GuardedResource, service: string, source: string): ServiceQuestion {
  const principal = { kind: "service", service } as const;
  return {
    principal,
    action: "sns:Publish",
    resource: topic.arn,
    circumstances: settled(
      new Map([
        ...serviceFacts(principal, topic),
        ["aws:sourcearn", one(source)],
        ["aws:sourceaccount", one(source.split(":")[4] ?? "")],
      ]),
    ),
    resourcePolicies: topic.policies,
  };
}

// AWS names the streams itself, so a policy can only reach them by a wildcard.
const streamName = "a-stream-named-by-eventbridge";

/**
 * May EventBridge create a log stream in this log group? The request names a stream that does not exist yet, so
 * its resource ends in an empty stream name, and it carries no `aws:SourceArn`; whether it carries
 * `aws:SourceAccount` is not documented.
 * @see https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/eventtarget/ (CloudWatch Log Group Usage)
 */
export function createLogStream(rule: SendingRule, logGroup: GuardedResource): ServiceQuestion {
  return {
    principal: eventBridge,
    action: "logs:CreateLogStream",
    resource: `${logGroup.arn}:log-stream:`,
    circumstances: {
      known: new Map([...serviceFacts(eventBridge, logGroup), ["aws:sourcearn", absent]]),
      open: [
        {
          subject: "whether CreateLogStream carries aws:SourceAccount",
          alternatives: [
            new Map([
              ["aws:sourceaccount", one(rule.account)],
              ["aws:sourceorgid", oneOrAbsent(rule.organizationId)],
            ]),
            new Map([
              ["aws:sourceaccount", absent],
              ["aws:sourceorgid", absent],
            ]),
          ],
        },
      ],
    },
    resourcePolicies: logGroup.policies,
  };
}

/** May EventBridge write an event of this rule into a stream of the log group? */
export function putLogEvents(rule: SendingRule, logGroup: GuardedResource): ServiceQuestion {
  return {
    principal: eventBridge,
    action: "logs:PutLogEvents",
    resource: `${logGroup.arn}:log-stream:${streamName}`,
    circumstances: settled(new Map([...serviceFacts(eventBridge, logGroup), ...sourceFacts(rule)])),
    resourcePolicies: logGroup.policies,
  };
}

/** What a request is about, with the policies that guard it. */
export interface GuardedResource {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly organizationId: string | undefined;
  /** Empty if it has none. Several speak together, as those of log groups do. */
  readonly policies: readonly ConsultedPolicy[];
}

/** A rule, as the requests that EventBridge makes on its behalf name it. */
export interface SendingRule {
  readonly arn: string;
  readonly account: string;
  readonly organizationId: string | undefined;
}

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

/** The principal that delivers events, assumes execution roles and writes dead letters. */
export const eventBridge: ServicePrincipal = { kind: "service", service: "events.amazonaws.com" };

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
function sourceFacts(rule: SendingRule): Facts {
  return [
    ["aws:sourcearn", one(rule.arn)],
    ["aws:sourceaccount", one(rule.account)],
    ["aws:sourceorgid", oneOrAbsent(rule.organizationId)],
  ];
}

const deliveryService: ServicePrincipal = { kind: "service", service: "delivery.logs.amazonaws.com" };

/**
 * May the log service do this on behalf of a delivery source?
 * @param source its ARN
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-vended-logs-permissions-V2.html
 */
export function deliverLog(
  check: "create-log-stream" | "put-log-events",
  source: string,
  logGroup: GuardedResource,
): ServiceQuestion {
  return {
    principal: deliveryService,
    action: check === "create-log-stream" ? "logs:CreateLogStream" : "logs:PutLogEvents",
    resource: `${logGroup.arn}:log-stream:a-stream-named-by-aws`,
    circumstances: settled(
      new Map([
        ...serviceFacts(deliveryService, logGroup),
        ["aws:sourcearn", one(source)],
        ["aws:sourceaccount", one(source.split(":")[4] ?? "")],
      ]),
    ),
    resourcePolicies: logGroup.policies,
  };
}
