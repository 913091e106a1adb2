import {
  buildWorld,
  type BusData,
  type CallerData,
  deliverEvents,
  type Delivery,
  type OfferedEntry,
  type PutEventsEntry,
  type RoleData,
  type RuleData,
  type TargetData,
  type Telling,
  type World,
  type WorldData,
} from "../src/index.js";

// The three accounts of the design: orders publishes on the global bus, which forwards to delivery's local bus.
export const region = "eu-west-1";
export const accounts = { global: "999999999999", orders: "111111111111", delivery: "222222222222" } as const;
const organizationId = "o-example";

export const globalBus = `arn:aws:events:${region}:${accounts.global}:event-bus/global`;
export const localBus = `arn:aws:events:${region}:${accounts.delivery}:event-bus/local`;
export const forwardRule = `arn:aws:events:${region}:${accounts.global}:rule/global/to-delivery`;
export const globalLogRule = `arn:aws:events:${region}:${accounts.global}:rule/global/log`;
export const localLogRule = `arn:aws:events:${region}:${accounts.delivery}:rule/local/log`;
export const forwardRole = `arn:aws:iam::${accounts.global}:role/forward-delivery`;
export const globalLog = `arn:aws:logs:${region}:${accounts.global}:log-group:/aws/events/global`;
export const localLog = `arn:aws:logs:${region}:${accounts.delivery}:log-group:/aws/events/local`;
export const globalLetters = `arn:aws:sqs:${region}:${accounts.global}:letters`;
export const localLetters = `arn:aws:sqs:${region}:${accounts.delivery}:letters`;

export type Document = Readonly<Record<string, unknown>>;

export function policy(...statements: readonly Document[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const events = { Service: "events.amazonaws.com" };

function root(account: string): Document {
  return { AWS: `arn:aws:iam::${account}:root` };
}

export const globalBusPolicy = policy(
  {
    Sid: "orders",
    Effect: "Allow",
    Principal: root(accounts.orders),
    Action: "events:PutEvents",
    Resource: globalBus,
    Condition: {
      "ForAllValues:StringEquals": {
        "events:source": "com.example.orders",
        "events:detail-type": ["Order.Created", "Order.Shipped"],
      },
    },
  },
  {
    Sid: "forwarded",
    Effect: "Deny",
    Principal: "*",
    Action: "events:PutEvents",
    Resource: globalBus,
    Condition: { StringNotEquals: { "events:eventBusInvocation": "false" } },
  },
  {
    Sid: "no-source",
    Effect: "Deny",
    Principal: "*",
    Action: "events:PutEvents",
    Resource: globalBus,
    Condition: { Null: { "events:source": "true" } },
  },
  {
    Sid: "organization",
    Effect: "Deny",
    Principal: "*",
    Action: "events:PutEvents",
    Resource: globalBus,
    Condition: { StringNotEquals: { "aws:PrincipalOrgID": organizationId } },
  },
);

export const localBusPolicy = policy({
  Sid: "forward",
  Effect: "Allow",
  Principal: root(accounts.global),
  Action: "events:PutEvents",
  Resource: localBus,
  Condition: {
    ArnEquals: { "aws:PrincipalArn": forwardRole },
    StringEquals: { "events:eventBusInvocation": "true" },
  },
});

export const trustPolicy = policy({
  Effect: "Allow",
  Principal: events,
  Action: "sts:AssumeRole",
  Condition: {
    ArnEquals: { "aws:SourceArn": forwardRule },
    StringEquals: { "aws:SourceAccount": accounts.global },
  },
});

export function mayPut(bus: string): string {
  return policy({ Effect: "Allow", Action: "events:PutEvents", Resource: bus });
}

export function logPolicy(logGroup: string, rule: string): string {
  const shared = {
    Effect: "Allow",
    Principal: { Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"] },
  };
  return policy(
    { ...shared, Sid: "Create", Action: "logs:CreateLogStream", Resource: `${logGroup}:*` },
    {
      ...shared,
      Sid: "Put",
      Action: "logs:PutLogEvents",
      Resource: `${logGroup}:*:*`,
      Condition: { ArnEquals: { "aws:SourceArn": rule } },
    },
  );
}

export function lettersPolicy(queue: string, rules: string): string {
  return policy({
    Sid: "Letters",
    Effect: "Allow",
    Principal: events,
    Action: "sqs:SendMessage",
    Resource: queue,
    Condition: { ArnLike: { "aws:SourceArn": rules } },
  });
}

export const everything = JSON.stringify({ source: [{ prefix: "" }] });

export const forwardTarget: TargetData = {
  id: "delivery",
  arn: localBus,
  roleArn: forwardRole,
  deadLetterArn: globalLetters,
};

export const role: RoleData = {
  arn: forwardRole,
  trustPolicy,
  inlinePolicies: [{ name: "put-events", policy: mayPut(localBus) }],
  managedPolicies: [],
};

export const forward: RuleData = {
  arn: forwardRule,
  state: "ENABLED",
  eventPattern: JSON.stringify({ source: ["com.example.orders"], "detail-type": ["Order.Created"] }),
  targets: [forwardTarget],
};

export const globalLogging: RuleData = {
  arn: globalLogRule,
  state: "ENABLED",
  eventPattern: everything,
  targets: [{ id: "log", arn: globalLog, deadLetterArn: globalLetters }],
};

export const localLogging: RuleData = {
  arn: localLogRule,
  state: "ENABLED",
  eventPattern: everything,
  targets: [{ id: "log", arn: localLog, deadLetterArn: localLetters }],
};

export const buses: readonly BusData[] = [
  { arn: globalBus, policy: globalBusPolicy },
  { arn: localBus, policy: localBusPolicy },
];

export const threeAccounts: WorldData = {
  accounts: Object.values(accounts).map((id) => ({ id, organizationId })),
  buses,
  rules: [forward, globalLogging, localLogging],
  roles: [role],
  managedPolicies: [],
  topics: [],
  keys: [],
  functions: [],
  mappings: [],
  assumed: [],
  logGroups: [
    {
      arn: globalLog,
      resourcePolicies: [{ name: "global-log", policy: logPolicy(globalLog, globalLogRule) }],
    },
    { arn: localLog, resourcePolicies: [{ name: "local-log", policy: logPolicy(localLog, localLogRule) }] },
  ],
  logResourcePolicies: [],
  queues: [
    {
      arn: globalLetters,
      policy: lettersPolicy(globalLetters, forwardRule.replace("to-delivery", "*")),
    },
    { arn: localLetters, policy: lettersPolicy(localLetters, localLogRule.replace("/log", "/*")) },
  ],
};

/** The world, which must be sound. */
export function worldOf(changes: Partial<WorldData> = {}): World {
  const reading = buildWorld({ ...threeAccounts, ...changes });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems, undefined, 2));
  return reading.world;
}

/** Reasons for which a world is refused. */
export function problemsOf(changes: Partial<WorldData>): readonly string[] {
  const reading = buildWorld({ ...threeAccounts, ...changes });
  return reading.ok ? [] : reading.problems.map(({ reason }) => reason);
}

export const publisher: CallerData = {
  arn: `arn:aws:iam::${accounts.orders}:role/publisher`,
  policies: [
    {
      name: "publish-orders",
      policy: policy({
        Sid: "Own",
        Effect: "Allow",
        Action: "events:PutEvents",
        Resource: globalBus,
        Condition: { "ForAllValues:StringEquals": { "events:source": "com.example.orders" } },
      }),
    },
  ],
};

/** A role that its own account lets do everything. */
export function attacker(account: string, name = "attacker"): CallerData {
  const all = policy({ Effect: "Allow", Action: "*", Resource: "*" });
  return { arn: `arn:aws:iam::${account}:role/${name}`, policies: [{ name: "all", policy: all }] };
}

export const orderCreated: PutEventsEntry = {
  Source: "com.example.orders",
  DetailType: "Order.Created",
  Detail: '{"orderId":"1"}',
  EventBusName: globalBus,
};

export function put(
  world: World,
  entries: PutEventsEntry | readonly PutEventsEntry[] = orderCreated,
  { caller = publisher, telling = "proof" }: { caller?: CallerData; telling?: Telling } = {},
): Delivery {
  const list: readonly PutEventsEntry[] = "length" in entries ? entries : [entries];
  const offered = list.map((entry, index): OfferedEntry => ({ id: `event-${index}`, entry }));
  return deliverEvents(
    world,
    { caller, region, time: "2026-11-22T10:00:00.000Z", entries: offered },
    telling,
  );
}

/** What arrived where, as short text. */
export function arrivals(delivery: Delivery): readonly string[] {
  return delivery.arrivals.map(({ kind, arn }) => `${kind} ${arn}`);
}
