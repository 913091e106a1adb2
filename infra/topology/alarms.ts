import { type AlarmArn, alarmArn, type TopicArn, topicArn } from "../aws/arn.js";
import type { JsonObject } from "../aws/event-pattern.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument, type Statement } from "../aws/policy-document.js";
import type { PlannedAuditTrail } from "./audit-trail.js";
import { consumerTroubles } from "./consumer-alarms.js";
import { dashboardLink, planDashboard } from "./dashboard.js";
import type { PlannedDeadLetterQueue } from "./dead-letter-queue.js";
import type { PlannedEventLog } from "./event-log.js";
import type { PlannedForward } from "./forward.js";
import type { Scope } from "./scope.js";
import { madeQueues } from "./subscription-queue.js";
import {
  type AlarmSettings,
  anyWithinAnHour,
  depthOf,
  type MetricQuery,
  period,
  ruleDimensions,
  type Trouble,
} from "./trouble.js";
import { volumeTroubles } from "./volume.js";

/** Who is told of what goes wrong, and a view of it. */
export interface PlannedAlarms {
  readonly topicName: string;
  readonly topicArn: TopicArn;
  readonly topicPolicy: PolicyDocument;
  readonly emails: readonly string[];
  readonly alarms: readonly PlannedAlarm[];
  readonly dashboardName: string;
  readonly dashboard: JsonObject;
}

export interface PlannedAlarm extends Identity, AlarmSettings {
  /** What has happened, where, and what to do: all that somebody at night has. */
  readonly description: string;
  /** Whether people are told when it goes off and when that is over. Others are on the dashboard alone. */
  readonly tells: boolean;
}

interface Identity {
  /** Tells the alarms of one account apart: what it watches, and the trouble. */
  readonly key: string;
  readonly name: string;
  readonly arn: AlarmArn;
}

/** What of one account is watched. */
export interface Watched {
  readonly forwards: readonly PlannedForward[];
  readonly log: PlannedEventLog;
  readonly deadLetterQueue: PlannedDeadLetterQueue;
}

/** Topic, alarms and dashboard of an account, if the environment has alarms. */
export function planAlarms(
  scope: Scope,
  account: string,
  watched: Watched,
  encryptionFailures: PlannedDeadLetterQueue | undefined,
  auditTrail: PlannedAuditTrail | undefined,
): PlannedAlarms | undefined {
  const { alarms: settings, prefix } = scope.environment;
  if (settings === undefined) return undefined;
  const place = scope.place(account);
  const topicName = names.alarmTopic(prefix, account);
  const topic = topicArn(place, topicName);
  const tellAlarms: Statement = {
    Sid: "AllowAlarms",
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: "sns:Publish",
    Resource: topic,
    Condition: { ArnLike: { "aws:SourceArn": alarmArn(place, names.alarm(prefix, account, "*", "*")) } },
  };
  const troubles = [
    ...busTroubles(scope, account),
    ...awsEventsTroubles(account, watched.forwards),
    ...queueTroubles(scope, account, watched.deadLetterQueue, encryptionFailures),
    ...consumerTroubles(scope, account),
    ...volumeTroubles(scope, account),
    ...(auditTrail === undefined ? [] : [watchTrouble(scope, account, auditTrail)]),
  ];
  const alarms = troubles.map((trouble) => planAlarm(scope, account, trouble));
  const queues = [
    ...[watched.deadLetterQueue, encryptionFailures].flatMap((queue) => queue?.name ?? []),
    ...madeQueues(scope, account).map(({ lettersName }) => lettersName),
  ];
  return {
    topicName,
    topicArn: topic,
    topicPolicy: policyDocument(
      tellAlarms,
      ...(auditTrail === undefined ? [] : [tellRoutingChanges(topic, auditTrail)]),
    ),
    emails: settings.emails,
    alarms,
    dashboardName: names.dashboard(prefix, account),
    dashboard: planDashboard(scope, account, {
      ...watched,
      queues,
      alarms,
      failures: ruleSeries.map(({ metricName }) => metricName),
    }),
  };
}

/** EventBridge reaches a topic by the topic's policy alone; AWS asks to give such a target no role. */
function tellRoutingChanges(topic: string, { rule }: PlannedAuditTrail): Statement {
  return {
    Sid: "AllowRoutingChanges",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sns:Publish",
    Resource: topic,
    Condition: { ArnEquals: { "aws:SourceArn": rule.arn } },
  };
}

function planAlarm(scope: Scope, account: string, trouble: Trouble): PlannedAlarm {
  const { environment, place } = scope;
  const { subject, trouble: what, tells, queries, above, evaluationPeriods, datapointsToAlarm } = trouble;
  const name = names.alarm(environment.prefix, account, subject, what);
  return {
    key: `${subject}.${what}`,
    name,
    arn: alarmArn(place(account), name),
    description: describe(scope, account, trouble),
    tells,
    queries,
    above,
    evaluationPeriods,
    datapointsToAlarm,
  };
}

/** CloudWatch takes 1,024 characters; the longest names and runbook stay below. */
function describe(scope: Scope, account: string, { says, command, about }: Trouble): string {
  const { environment, place } = scope;
  const bus = names.bus(environment.prefix, account);
  const runbook = environment.alarms?.runbook;
  return [
    `Environment ${environment.name}, account ${account} (${place(account).accountId}), ${about ?? `bus ${bus}`}: ${says}`,
    `Run: npx backbone ${command} --env ${environment.name}`,
    ...(runbook === undefined ? [] : [`Runbook: ${runbook}`]),
    `Dashboard: ${dashboardLink(scope, account)}`,
  ].join("\n");
}

interface RuleSeries {
  readonly trouble: string;
  readonly metricName: string;
  readonly says: string;
  readonly command: (account: string) => string;
  readonly tells: boolean;
}

const lookAtLetters = (account: string) => `dead-letters ${account}`;

/**
 * What EventBridge writes of a rule, whatever its target; a bus target has neither latency nor successful attempts. A
 * letter counts as failed, too, and who is told of one trouble twice looks at neither.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
const ruleSeries: readonly RuleSeries[] = [
  {
    trouble: "lost",
    metricName: "InvocationsFailedToBeSentToDlq",
    says: "events are LOST. A target refused them, and so did the dead-letter queue. Mend the queue or its policy, then bring them back from the archive (npx backbone replay --help).",
    command: lookAtLetters,
    tells: true,
  },
  {
    trouble: "dead-letters",
    metricName: "InvocationsSentToDlq",
    says: "rules cannot deliver events and put them into a dead-letter queue. OK means that for an hour none has been added, not that the queue is empty.",
    command: lookAtLetters,
    tells: true,
  },
  {
    trouble: "loops",
    metricName: "DeadLetterInvocations",
    says: "EventBridge did not run rules because they would have run themselves again: events go round in a circle.",
    command: () => "diagram",
    tells: true,
  },
  {
    trouble: "failed",
    metricName: "FailedInvocations",
    says: "rules cannot deliver events. Where no dead letter follows, the rule has no queue and the event is gone.",
    command: lookAtLetters,
    tells: false,
  },
  {
    trouble: "throttled",
    metricName: "ThrottledRules",
    says: "rules are throttled; their events are late.",
    command: () => "check",
    tells: false,
  },
];

/**
 * Over all rules of the bus, consumers' included: series join and leave by themselves. Both dimensions are those of a
 * custom bus's rules.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
 */
function busTroubles({ environment }: Scope, account: string): Trouble[] {
  const bus = names.bus(environment.prefix, account);
  return ruleSeries.map(({ metricName, command, ...series }) => ({
    ...series,
    subject: "bus",
    command: command(account),
    queries: [
      {
        id: "rules",
        returnData: true,
        period,
        expression: `SELECT SUM(${metricName}) FROM SCHEMA("AWS/Events", EventBusName, RuleName) WHERE EventBusName = '${bus}'`,
      },
    ],
    above: { comparisonOperator: "GreaterThanThreshold", threshold: 0 },
    ...anyWithinAnHour,
  }));
}

/** Nothing keeps an event of AWS before it has arrived, and nobody can publish it again. */
const awsEventsSeries = [
  {
    trouble: "lost",
    metricName: "InvocationsFailedToBeSentToDlq",
    says: "events are LOST. The receiving bus refused them, and so did the dead-letter queue, and no archive has them. Mend the queue or its policy, and look up what has happened where the events come from.",
  },
  {
    trouble: "dead-letters",
    metricName: "InvocationsSentToDlq",
    says: "the rule cannot deliver events of AWS and puts them into the dead-letter queue. OK means that for an hour none has been added, not that the queue is empty.",
  },
];

/** Rule by rule: a bus that is there without the backbone has rules of others, whose failures are theirs. */
function awsEventsTroubles(account: string, forwards: readonly PlannedForward[]): Trouble[] {
  return forwards.flatMap(({ busName, member, rules }) => {
    if (busName === undefined) return [];
    return rules.flatMap((rule) =>
      awsEventsSeries.map(({ metricName, ...series }): Trouble => ({
        ...series,
        subject: rule.name.replaceAll(".", "--"),
        about: `rule ${rule.name} on bus ${busName}, which brings events of AWS to ${member}`,
        command: lookAtLetters(account),
        tells: true,
        queries: [seriesOf(metricName, ruleDimensions(busName, rule.name))],
        above: { comparisonOperator: "GreaterThanThreshold", threshold: 0 },
        ...anyWithinAnHour,
      })),
    );
  });
}

function seriesOf(metricName: string, dimensions: Readonly<Record<string, string>>): MetricQuery {
  return {
    id: "failed",
    returnData: true,
    metric: { namespace: "AWS/Events", metricName, dimensions, stat: "Sum", period },
  };
}

/** The rule stands on the default bus. What it tells needs no second message. */
function watchTrouble(scope: Scope, account: string, { rule }: PlannedAuditTrail): Trouble {
  return {
    subject: "routing-watch",
    trouble: "failed",
    about: `rule ${rule.name}`,
    says: "somebody changed the routing or what watches it, and the message that says so could not be sent. It is in the dead-letter queue.",
    command: lookAtLetters(account),
    tells: true,
    queries: [seriesOf("FailedInvocations", ruleDimensions("default", rule.name))],
    above: { comparisonOperator: "GreaterThanThreshold", threshold: 0 },
    ...anyWithinAnHour,
  };
}

/** CloudWatch looks at periods of an hour for a day and longer. Seconds. */
const hour = 3_600;

/**
 * What waits too long in any queue, and new letters in the one that no rule writes to. Those that rules write are told
 * by their own series, whatever already waits.
 */
function queueTroubles(
  scope: Scope,
  account: string,
  deadLetters: PlannedDeadLetterQueue,
  encryptionFailures: PlannedDeadLetterQueue | undefined,
): Trouble[] {
  const waiting = {
    trouble: "waiting",
    says: "for a day there have been letters in it every hour. Each is gone fourteen days after it came. OK means that it is empty.",
    tells: true,
  };
  const lookAtFailures = `${lookAtLetters(account)} --queue encryption-failures`;
  return [
    {
      subject: "dead-letters",
      about: `queue ${deadLetters.name}`,
      command: lookAtLetters(account),
      ...waiting,
      ...waitsForADay(deadLetters),
    },
    ...(encryptionFailures === undefined
      ? []
      : [
          {
            subject: "encryption-failures",
            about: `queue ${encryptionFailures.name}`,
            command: lookAtFailures,
            ...waiting,
            ...waitsForADay(encryptionFailures),
          },
          {
            subject: "encryption-failures",
            trouble: "new",
            about: `queue ${encryptionFailures.name}`,
            says: "the bus could not encrypt or decrypt events with its key. See whether the key is enabled and its policy lets EventBridge use it. OK means that for an hour none has been added.",
            command: lookAtFailures,
            tells: true,
            ...grows(encryptionFailures),
          },
        ]),
  ];
}

function waitsForADay(queue: PlannedDeadLetterQueue): AlarmSettings {
  return {
    queries: depthOf(queue.name, hour, "Maximum", true),
    above: { comparisonOperator: "GreaterThanThreshold", threshold: 0 },
    evaluationPeriods: 24,
    datapointsToAlarm: 24,
  };
}

/** The average of a sum is the sum of the averages, so messages in somebody's hand do not count twice. */
function grows(queue: PlannedDeadLetterQueue): AlarmSettings {
  return {
    queries: [
      ...depthOf(queue.name, period, "Average", false),
      { id: "growth", returnData: true, expression: "DIFF(depth)" },
    ],
    above: { comparisonOperator: "GreaterThanThreshold", threshold: 0 },
    ...anyWithinAnHour,
  };
}
