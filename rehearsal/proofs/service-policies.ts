import { archiveUses, busLogUses, busUses, type KeyUse, logGroupUses } from "eventbridge-simulator";
import { sensitiveContracts } from "../../infra/registry/index.js";
import type { ProofCheck } from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import type { May, Who } from "../policies/may.js";
import type { Stage } from "../stage.js";
import { awsForwardsOf } from "../forwards.js";
import { subscribedIn } from "../subscribed.js";
import { logRules, wantedOf } from "../wanted.js";
import { type Policy, policyCheck } from "./policies.js";
import { byRules } from "./subscription-policies.js";

type Judged = Pick<Policy, "allows" | "leaves">;

/** What AWS's services do in each account on behalf of its own rules, alarms and buses, and for nobody else. */
export function servicePolicyChecks(stage: Stage): ProofCheck[] {
  const { world } = stage;
  return [...stage.loaded.accounts.values()].flatMap((account) => {
    const { name, queues, encryptionFailures, logGroups, switchedOn } = account;
    const check = (id: string, title: string, policies: () => readonly Policy[]) =>
      policyCheck(stage, { id: `${id}:${name}`, title, account: name }, policies);
    const having = (kind: string, of: string, at: Pick<Policy, "policies"> | undefined, judged: Judged) => ({
      of,
      kind,
      policies: at?.policies ?? [],
      ...judged,
    });
    return [
      check(
        "queue-policies",
        `EventBridge writes into the queues of ${name} what its own rules and its bus could not deliver, and nobody else writes there`,
        () => [
          ...queues.map((arn) =>
            having("queue policy", arn, world.queues.get(arn), onQueue(stage, account, arn)),
          ),
          ...[encryptionFailures ?? []]
            .flat()
            .map((arn) => having("queue policy", arn, world.queues.get(arn), onEncryptionFailures(account))),
        ],
      ),
      check(
        "log-policies",
        `EventBridge writes into the log groups of ${name} for its own rules and its bus, and nobody else writes there`,
        () =>
          logGroups.map((arn) => ({
            ...having(
              "log policy",
              arn,
              world.logGroups.get(arn),
              arn === account.logGroup ? onEventLog(stage, account) : onOtherLog(account, arn),
            ),
            resources: [`${arn}:log-stream:`, `${arn}:log-stream:a-stream`],
          })),
      ),
      ...(stage.environment.alarms === undefined
        ? []
        : [
            check("topic-policy", `alarms of ${name} reach its topic, and nobody else's do`, () =>
              switchedOn.topics.map(({ arn }) =>
                having("topic policy", arn, world.topics.get(arn), onTopic(stage, account)),
              ),
            ),
          ]),
      ...(stage.environment.encryption === false
        ? []
        : [
            check("key-policy", `the customer key of ${name} serves what is under it, and nobody else`, () =>
              switchedOn.keys.map(({ arn }) =>
                having("key policy", arn, world.keys.get(arn), onKey(stage, account)),
              ),
            ),
          ]),
    ];
  });
}

const events = "events.amazonaws.com";
const logDelivery = "delivery.logs.amazonaws.com";

function onQueue(stage: Stage, account: LoadedAccount, arn: string): Judged {
  const { redriveRoleArn } = wantedOf(stage, account.name);
  const one = subscribedIn(stage, account.name).find(
    ({ made }) => made?.queueArn === arn || made?.lettersArn === arn,
  );
  if (one === undefined) return onDeadLetters(stage, account);
  // Its consumer's role sends what it gives up, and SQS asks nobody.
  if (one.made?.lettersArn === arn) return { allows: { must: [] }, leaves: { must: [{}] } };
  // What its consumer reads has come by the rules, or was put back.
  const send = ["sqs:SendMessage"];
  return {
    allows: { must: [byRules(one, send)] },
    leaves: { must: [{ otherActions: send }, { who: [{ role: redriveRoleArn }], actions: send }] },
  };
}

/** Rules of the account's bus, consumers' too, and nobody but AWS: what is in it is put on a bus. */
function onDeadLetters(stage: Stage, account: LoadedAccount): Judged {
  const { bus = "" } = account;
  const watch = watchRule(stage, account);
  // Of whatever it forwards of a bus of AWS's events, now and later.
  const forwarding = awsForwardsOf(stage, { from: account.name }).map(({ place, bus: { name } }) =>
    arnOf.rule(place, name, `${stage.environment.prefix}-forward-*`),
  );
  const rules = [
    `${bus.replace(":event-bus/", ":rule/")}/*`,
    ...(watch === undefined ? [] : [watch]),
    ...new Set(forwarding),
  ];
  return {
    allows: { must: [{ who: [{ service: events, for: rules }], actions: ["sqs:SendMessage"] }] },
    leaves: { must: [{ otherActions: ["sqs:SendMessage"] }] },
  };
}

/** The rule on the default bus that tells of changes; undefined where nothing watches. */
function watchRule(stage: Stage, { name }: LoadedAccount): string | undefined {
  const { environment, registry } = stage;
  const { place, routingWatch } = wantedOf(stage, name);
  return environment.auditTrail === undefined || name !== registry.backbone
    ? undefined
    : arnOf.rule(place, "default", routingWatch);
}

function onEncryptionFailures({ bus = "" }: LoadedAccount): Judged {
  return {
    allows: { must: [{ who: [{ service: events, for: [bus] }], actions: ["sqs:SendMessage"] }] },
    leaves: { must: [{}] },
  };
}

/** EventBridge makes its streams without saying for which rule, and writes for the rules of the log alone. */
function onEventLog({ registry }: Stage, { bus = "" }: LoadedAccount): Judged {
  const names = [logRules.all, ...(sensitiveContracts(registry).length > 0 ? [logRules.sensitive] : [])];
  const rules = names.map((name) => `${bus.replace(":event-bus/", ":rule/")}/${name}`);
  const writes = (service: string): May[] => [
    { who: [{ service }], actions: ["logs:CreateLogStream"] },
    { who: [{ service, for: rules }], actions: ["logs:PutLogEvents"] },
  ];
  return { allows: { must: writes(events), may: writes(logDelivery) } };
}

/** What a bus logs of its own work, by the sources of its own. A trail writes its log by a role. */
function onOtherLog(account: LoadedAccount, logGroup: string): Judged {
  const { deliverySources, deliveries, deliveryDestinations } = account.switchedOn;
  const sources = deliverySources.filter(({ name, bus }) => {
    const { destination } = deliveries.find(({ source }) => source === name) ?? {};
    const at = deliveryDestinations.find(({ arn }) => arn === destination);
    return bus === account.bus && at?.logGroup === logGroup;
  });
  const who: Who[] = [{ service: logDelivery, for: sources.map(({ arn }) => arn) }];
  const actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
  return { allows: { must: sources.length === 0 ? [] : [{ who, actions }] } };
}

function onTopic(stage: Stage, account: LoadedAccount): Judged {
  const { region, id: accountId, busSettings } = account;
  const alarms = arnOf.alarm({ region, accountId }, `${busSettings?.name ?? ""}.*.*`);
  const watch = watchRule(stage, account);
  const tell = (service: string, sources: readonly string[]): May => ({
    who: [{ service, for: sources }],
    actions: ["sns:Publish"],
  });
  return {
    allows: {
      must: [
        tell("cloudwatch.amazonaws.com", [alarms]),
        ...(watch === undefined ? [] : [tell(events, [watch])]),
      ],
    },
    leaves: { must: [{}] },
  };
}

/** The account manages its key; services use it for what is under it. */
function onKey(stage: Stage, account: LoadedAccount): Judged {
  const { bus = "", logGroups, switchedOn, id: accountId } = account;
  const { archives, deliverySources } = switchedOn;
  const uses = [
    ...busUses(bus),
    ...archives.flatMap(({ arn }) => archiveUses(arn, bus)),
    ...logGroups.flatMap((arn) => logGroupUses(arn)),
    ...deliverySources.flatMap(({ arn }) => busLogUses(arn)),
  ];
  const { place, bus: name, logGroup, busLogGroup, trailLogGroup } = wantedOf(stage, account.name);
  // While encryption ends, and before a log has begun, a use is let in that is none.
  const besides = [
    ...archiveUses(arnOf.archive(place, name), bus),
    ...[logGroup, busLogGroup, trailLogGroup].flatMap((log) => logGroupUses(arnOf.logGroup(place, log))),
    ...busLogUses(arnOf.deliverySource(place, "*")).map((use) => ({
      ...use,
      context: {
        key: "SourceArn",
        values: [arnOf.deliverySource(place, "").replace("delivery-source:", "*")],
      },
    })),
  ];
  // Only where AWS documents that the call says what it is for may the key ask for that.
  const using = ({ service, actions, context }: KeyUse, source?: readonly string[]): May => ({
    who: [{ service, ...(source === undefined ? {} : { for: source }) }],
    actions,
    ...(context === undefined
      ? {}
      : { values: { [`kms:encryptioncontext:${context.key.toLowerCase()}`]: context.values } }),
  });
  return {
    allows: {
      must: [
        { who: [{ account: accountId }] },
        ...uses.map((use) => using(use, use.source.told === "yes" ? [use.source.arn] : undefined)),
      ],
      may: [...uses, ...besides].map((use) => ({ ...using(use), actions: use.actions.map(widened) })),
    },
  };
}

/** AWS's own pages write some actions with `*`. */
function widened(action: string): string {
  return action.replace(/(?:From|To)$/u, "*").replace(/(?:Key)?$/u, "*");
}
