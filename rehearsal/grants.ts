import { partitionOf } from "eventbridge-simulator";
import { z } from "zod";
import { declaredTypes, outsideMembers, publicationsBy, type Publisher } from "../infra/registry/index.js";
import { arnOf } from "./emission/arns.js";
import { busName, parameter, redriveRole, type Stage } from "./stage.js";

/**
 * What a statement may say, policy by policy. Probes can only try what somebody thought of; here whatever is not
 * known to be needed is a failure, so that an added permission is seen whoever it is for.
 * Says what a statement grants or refuses beyond that, or undefined.
 */
export type Grants = (statement: StatementText) => string | undefined;

const putEvents = "events:PutEvents";
const describeBus = "events:DescribeEventBus";

/** Every service's statement, and Deny statements that make no exception for anybody. */
export function globalBusGrants(stage: Stage): Grants {
  const { publications } = stage;
  const denials = knownDenials(stage);
  return (statement) => {
    if (!only(statement.actions, [putEvents])) return "is about more than PutEvents";
    if (statement.effect === "Deny") return exceptionIn(denials, statement);
    const admitted = publications.some(
      ({ account, source, detailTypes }) =>
        same(statement.principals, [root(stage, account)]) &&
        sameConditions(statement.conditions, [
          { operator: "ForAllValues:StringEquals", key: "events:source", values: [source] },
          { operator: "ForAllValues:StringEquals", key: "events:detail-type", values: detailTypes },
        ]),
    );
    return admitted ? undefined : "allows what no service of the registry needs";
  };
}

/** A Deny that asks about one thing refuses all who differ in it; asking about more makes a hole. */
function exceptionIn(
  denials: readonly (readonly ConditionText[])[],
  { principals, conditions }: StatementText,
): string | undefined {
  if (!same(principals, ["*"])) return "refuses only some";
  return denials.some((form) => sameConditions(conditions, form))
    ? undefined
    : "refuses on other conditions than the backbone's, which may except somebody";
}

/** The conditions on which the global bus refuses. */
function knownDenials(stage: Stage): readonly (readonly ConditionText[])[] {
  const { organizationId } = stage.environment;
  const { publications } = stage;
  const shared = publications.filter(({ account }) => stage.sharesBackbone(account));
  const elsewhere = new Set(
    publications.flatMap(({ account, source }) => (stage.sharesBackbone(account) ? [] : [source])),
  );
  const ofBackbone = {
    operator: "StringEquals",
    key: "aws:PrincipalAccount",
    values: [stage.account(stage.registry.backbone).id],
  };
  const outside = [
    ...new Set(outsideMembers(stage.registry, stage.environment).map((name) => stage.account(name).id)),
  ];
  return [
    [{ operator: "StringNotEquals", key: "events:eventBusInvocation", values: ["false"] }],
    [{ operator: "Null", key: "events:source", values: ["true"] }],
    [{ operator: "Null", key: "events:detail-type", values: ["true"] }],
    [
      { operator: "StringNotEquals", key: "aws:PrincipalOrgID", values: [organizationId ?? ""] },
      ...(outside.length === 0
        ? []
        : [{ operator: "StringNotEquals", key: "aws:PrincipalAccount", values: outside }]),
    ],
    ...(shared.length === 0 ? [[ofBackbone]] : []),
    [
      {
        operator: "ForAnyValue:StringNotEquals",
        key: "events:source",
        values: [...new Set(shared.map(({ source }) => source))],
      },
      ...(shared.length === publications.length ? [] : [ofBackbone]),
    ],
    ...[...declaredTypes(shared)].map(([source, types]) => [
      ...otherTypes(source, types),
      ...(elsewhere.has(source) ? [ofBackbone] : []),
    ]),
  ];
}

function otherTypes(source: string, types: readonly string[]): ConditionText[] {
  return [
    { operator: "ForAnyValue:StringEquals", key: "events:source", values: [source] },
    { operator: "ForAnyValue:StringNotEquals", key: "events:detail-type", values: types },
  ];
}

/** The member's forward role, which is admitted before there is a route for it, and the redrive roles, by name. */
export function localBusGrants(stage: Stage, member: string): Grants {
  const admitted = [
    forwardRole(stage, member),
    ...[stage.registry.backbone, member].flatMap((account) => redriveRole(stage, account)?.arn ?? []),
  ];
  const redrive = redriveRole(stage, stage.registry.backbone)?.arn ?? "";
  return ({ effect, principals, actions, conditions }) => {
    const isBackbone = same(principals, [root(stage, stage.registry.backbone)]);
    if (effect === "Allow" && !isBackbone)
      return `is for ${principals.join(" and ")}, not for ${root(stage, stage.registry.backbone)}`;
    if (same(actions, [describeBus])) {
      const isRedrive = sameConditions(conditions, [
        { operator: "ArnEquals", key: "aws:PrincipalArn", values: [redrive] },
      ]);
      return effect === "Allow" && isRedrive ? undefined : "is not about the redrive role seeing the bus";
    }
    if (!only(actions, [putEvents])) return "is about more than PutEvents and seeing the bus";
    const [condition, ...others] = conditions;
    const names =
      condition?.key === "aws:PrincipalArn" && others.length === 0 && only(condition.values, admitted);
    if (effect === "Deny") {
      if (!same(principals, ["*"])) return "refuses only some";
      return names && condition.operator === "ArnNotEquals"
        ? undefined
        : "excepts somebody besides the forward and redrive roles";
    }
    return names && condition.operator === "ArnEquals"
      ? undefined
      : "admits somebody besides the forward and redrive roles";
  };
}

/** What the role of a member's forward is called, whether or not it is there. */
export function forwardRole({ registry, environment, account }: Stage, member: string): string {
  const { id: accountId, region } = account(registry.backbone);
  return arnOf.role(
    { accountId, region },
    `${environment.prefix}-forward-${member}`,
    environment.roles?.path,
  );
}

/** The rules of the member's forward, those included that a division of it adds later, take on its role. */
export function executionTrustGrants(stage: Stage, member: string): Grants {
  const { id: accountId, region } = stage.account(stage.registry.backbone);
  const bus = busName(stage.busOf(stage.registry.backbone));
  const wanted = [`forward-${member}`, `forward-${member}.*`].map((name) =>
    arnOf.rule({ accountId, region }, bus, name),
  );
  return ({ effect, principals, actions, conditions }) =>
    effect === "Deny" ||
    (same(principals, ["Service events.amazonaws.com"]) &&
      only(actions, ["sts:AssumeRole"]) &&
      sameConditions(conditions, [
        { operator: "StringEquals", key: "aws:SourceAccount", values: [accountId] },
        { operator: "ArnLike", key: "aws:SourceArn", values: wanted },
      ]))
      ? undefined
      : "lets others take on the role than EventBridge for the rules of its forward";
}

/** The account's own administrators take on its redrive role. */
export function redriveTrustGrants(stage: Stage, account: string): Grants {
  return ({ effect, principals, actions }) =>
    effect === "Deny" || (same(principals, [root(stage, account)]) && only(actions, ["sts:AssumeRole"]))
      ? undefined
      : "lets others take on the role than the account's administrators";
}

export function executionPolicyGrants(stage: Stage, member: string): Grants {
  return ({ effect, actions, resources }) =>
    effect === "Deny" || (only(actions, [putEvents]) && only(resources, [stage.busOf(member)]))
      ? undefined
      : "allows more than putting events on the member's bus";
}

export function redrivePolicyGrants(stage: Stage, account: string): Grants {
  const takesLetters = [
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
  ];
  const queue = parameter(stage, account, "dead-letter-queue-arn") ?? "";
  return ({ effect, actions, resources }) => {
    if (effect === "Deny") return undefined;
    // Where events may be put is tried bus by bus elsewhere.
    if (only(actions, [describeBus, putEvents])) return undefined;
    return only(actions, takesLetters) && only(resources, [queue])
      ? undefined
      : "allows more than taking the account's dead letters";
  };
}

export function publisherPolicyGrants(stage: Stage, publisher: Publisher): Grants {
  const publications = publicationsBy(stage.publications, publisher);
  const sources = publications.map(({ source }) => source);
  const own = (operator: string) => [{ operator, key: "events:source", values: sources }];
  const denied = [
    own("ForAnyValue:StringNotEquals"),
    ...publications.map(({ source, detailTypes }) => otherTypes(source, detailTypes)),
  ];
  return ({ effect, actions, resources, conditions }) => {
    const onGlobalBus = only(actions, [putEvents]) && same(resources, [stage.busOf(stage.registry.backbone)]);
    const forms = effect === "Allow" ? [own("ForAllValues:StringEquals")] : denied;
    return onGlobalBus && forms.some((form) => sameConditions(conditions, form))
      ? undefined
      : `says more than that ${publisher.service} publishes ${sources.join(", ")} on the global bus`;
  };
}

/** A resource that only AWS's own services use, each for a few actions and on behalf of something named. */
export function serviceOnlyGrants(
  services: readonly string[],
  actions: readonly string[],
  unconditioned: readonly string[] = [],
): Grants {
  const principals = services.map((service) => `Service ${service}`);
  return (statement) => {
    if (statement.effect === "Deny") return undefined;
    if (!only(statement.principals, principals))
      return "admits others than the AWS services that deliver here";
    if (!only(statement.actions, actions)) return "allows more than delivering";
    return statement.conditions.length > 0 || only(statement.actions, unconditioned)
      ? undefined
      : "does not say on whose behalf";
  };
}

/** EventBridge, for rules of the account's own bus or for the bus itself. */
export function queueGrants(stage: Stage, queue: string): Grants {
  const owner = stage.ownerOf(queue) ?? stage.registry.backbone;
  const bus = stage.busOf(owner);
  const { rules } = stage.account(owner);
  const ruleOfBus = bus.replace(":event-bus/", ":rule/");
  // The rule that watches the routing stands on the default bus.
  const users = [...stage.world.rules.values()]
    .filter(({ targets }) => targets.some(({ deadLetterArn }) => deadLetterArn === queue))
    .map(({ arn }) => arn);
  const byService = serviceOnlyGrants(["events.amazonaws.com"], ["sqs:SendMessage"]);
  return (statement) => {
    if (statement.effect === "Deny") {
      return sameConditions(statement.conditions, [
        { operator: "Bool", key: "aws:PrincipalIsAWSService", values: ["false"] },
      ])
        ? undefined
        : "spares somebody besides AWS services";
    }
    const sources = statement.conditions
      .filter(({ key }) => key === "aws:SourceArn")
      .flatMap(({ values }) => values);
    const isOwn = (arn: string) =>
      arn === bus || users.includes(arn) || arn.startsWith(`${ruleOfBus}/`) || rules.has(arn);
    const own = sources.length > 0 && sources.every(isOwn);
    return byService(statement) ?? (own ? undefined : "takes messages of other rules than the account's");
  };
}

export function root(stage: Stage, account: string): string {
  const { id, region } = stage.account(account);
  return `AWS arn:${partitionOf(region)}:iam::${id}:root`;
}

/** At least one, and none besides. */
function only(values: readonly string[], allowed: readonly string[]): boolean {
  return values.length > 0 && values.every((value) => allowed.includes(value));
}

function same(values: readonly string[], wanted: readonly string[]): boolean {
  return values.length === wanted.length && only(values, wanted);
}

function sameConditions(conditions: readonly ConditionText[], wanted: readonly ConditionText[]): boolean {
  return (
    conditions.length === wanted.length &&
    wanted.every(({ operator, key, values }) =>
      conditions.some((one) => one.operator === operator && one.key === key && same(one.values, values)),
    )
  );
}

/** One statement of an emitted policy, with single values written as lists. */
export interface StatementText {
  /** Sid, or the statement's number. */
  readonly name: string;
  readonly effect: "Allow" | "Deny";
  /** `*`, or `AWS arn:…`, `Service events.amazonaws.com`; empty in identity policies. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  /** Empty in trust policies. */
  readonly resources: readonly string[];
  readonly conditions: readonly ConditionText[];
  /** Elements that say what is not meant, such as NotAction. */
  readonly negations: readonly string[];
}

export interface ConditionText {
  /** As written: `ForAllValues:StringEquals`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** IAM takes booleans and numbers in conditions, too. */
const scalar = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const oneOrMany = z.union([scalar.transform((value) => [value]), z.array(scalar)]);

const statementShape = z.object({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Principal: z.union([z.literal("*"), z.record(z.string(), oneOrMany)]).optional(),
  Action: oneOrMany.default([]),
  Resource: oneOrMany.default([]),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMany)).default({}),
  NotPrincipal: z.unknown().optional(),
  NotAction: z.unknown().optional(),
  NotResource: z.unknown().optional(),
});

const policyShape = z.object({
  Statement: z.union([statementShape.transform((statement) => [statement]), z.array(statementShape)]),
});

/** The statements of a policy; undefined if it has a form that nobody here writes. */
export function statementsOf(policy: string): StatementText[] | undefined {
  return policyShape.safeParse(JSON.parse(policy)).data?.Statement.map((statement, index) => ({
    name: statement.Sid ?? `#${index}`,
    effect: statement.Effect,
    principals: principalsOf(statement.Principal),
    actions: statement.Action,
    resources: statement.Resource,
    conditions: Object.entries(statement.Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
    ),
    negations: Object.entries(statement).flatMap(([element, value]) =>
      element.startsWith("Not") && value !== undefined ? [element] : [],
    ),
  }));
}

function principalsOf(principal: "*" | Readonly<Record<string, readonly string[]>> | undefined): string[] {
  if (principal === undefined) return [];
  if (principal === "*") return ["*"];
  return Object.entries(principal).flatMap(([kind, names]) => names.map((name) => `${kind} ${name}`));
}
