/** Where a policy is kept, which decides what AWS accepts in it. */
export type PolicyHome =
  | { readonly kind: "identity" }
  | { readonly kind: "trust" }
  | { readonly kind: "bus"; readonly arn: string }
  | { readonly kind: "queue" }
  | { readonly kind: "topic" }
  | { readonly kind: "function" }
  | { readonly kind: "key" }
  | { readonly kind: "log-group" };

export interface HomeRules {
  readonly principal: "required" | "prohibited";
  readonly resource: "required" | "prohibited";
  readonly sid: RegExp;
  /** Whether a document without Version 2012-10-17 is refused. */
  readonly versionRequired: boolean;
  /** Lower-case actions that are admitted; undefined where any is. */
  readonly actions?: (action: string) => boolean;
}

/** IAM takes letters and digits only in a Sid. */
const iamSid = /^[A-Za-z0-9]*$/u;
const anySid = /^/u;

/**
 * What a bus policy may allow or deny: putting events on the bus, and managing its rules.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html
 */
const busActions: ReadonlySet<string> = new Set(
  [
    "PutEvents",
    "DescribeEventBus",
    "PutRule",
    "ListRules",
    "DescribeRule",
    "DeleteRule",
    "EnableRule",
    "DisableRule",
    "PutTargets",
    "RemoveTargets",
    "ListTargetsByRule",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
  ].map((name) => `events:${name.toLowerCase()}`),
);

/** CloudWatch Logs lets services do two things through a resource policy, and no others (PutResourcePolicy). */
const logActions: ReadonlySet<string> = new Set(["logs:createlogstream", "logs:putlogevents"]);

const rules: Readonly<Record<PolicyHome["kind"], HomeRules>> = {
  identity: { principal: "prohibited", resource: "required", sid: iamSid, versionRequired: false },
  // "AssumeRole policy may only specify STS AssumeRole actions", and its resource is the role that has it.
  trust: {
    principal: "required",
    resource: "prohibited",
    sid: iamSid,
    versionRequired: false,
    actions: (action) => action.startsWith("sts:"),
  },
  bus: {
    principal: "required",
    resource: "required",
    sid: /^[A-Za-z0-9_-]{1,64}$/u,
    versionRequired: false,
    actions: (action) => busActions.has(action),
  },
  // Without an explicit version the AWS provider waits for ever (its documentation of aws.sqs.QueuePolicy).
  queue: { principal: "required", resource: "required", sid: anySid, versionRequired: true },
  topic: { principal: "required", resource: "required", sid: anySid, versionRequired: false },
  // AddPermission writes the statements; a StatementId has letters, digits, dashes and underscores.
  function: {
    principal: "required",
    resource: "required",
    sid: /^[\w-]{1,100}$/u,
    versionRequired: false,
    actions: (action) => action.startsWith("lambda:"),
  },
  key: { principal: "required", resource: "required", sid: anySid, versionRequired: false },
  "log-group": {
    principal: "required",
    resource: "required",
    sid: anySid,
    versionRequired: false,
    actions: (action) => logActions.has(action),
  },
};

export function rulesOf(home: PolicyHome): HomeRules {
  return rules[home.kind];
}

/**
 * Whether a bus policy may name this resource: the bus itself, or rules of it. Anything else is refused by
 * PutPermission ("relative-id … is invalid for ARN"), a bus of the same name elsewhere included.
 */
export function belongsToBus(busArn: string, resource: string): boolean {
  return resource === busArn || resource.startsWith(`${busArn.replace(":event-bus/", ":rule/")}/`);
}
