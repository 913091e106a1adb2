import { publishToTopic } from "eventbridge-simulator";
import { z } from "zod";
import {
  type Attempt,
  outcomeOf,
  type ProofCheck,
  type ProofFailure,
  requirePermission,
  requireRefusal,
  requireThat,
} from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import type { LoadedAlarm } from "../emission/parts.js";
import { outsider, type Stage } from "../stage.js";

/** Everything that can go wrong has an alarm that reaches people. */
export function alarmChecks(stage: Stage): ProofCheck[] {
  const { alarms } = stage.environment;
  if (alarms === undefined) return [];
  return [...stage.loaded.accounts.values()].map((account) => ({
    id: `alarms:${account.name}`,
    title: `alarms of ${account.name} watch every rule and queue and reach their topic, and nobody else's do`,
    run: () => {
      const { topics } = account.switchedOn;
      const [topic, ...others] = topics;
      if (topic === undefined || others.length > 0) {
        return {
          cases: 1,
          failures: requireThat(
            false,
            about(account, `${account.name} emits ${topics.length} topics, not one`),
          ),
        };
      }
      const subject = { stage, account, topic: topic.arn };
      return outcomeOf(
        [
          ...watched(subject).map((series) => () => isWatched(subject, series)),
          () => tellsEverybody(subject, alarms.emails),
          ...intruders(subject).map((intruder) => () => isRefused(subject, intruder)),
          () => isShown(subject),
        ],
        (test) => test(),
      );
    },
  }));
}

interface Subject {
  readonly stage: Stage;
  readonly account: LoadedAccount;
  /** ARN. */
  readonly topic: string;
}

function about({ name }: LoadedAccount, attempt: string): Attempt {
  return { account: name, step: "alarm", attempt, mend: `mend the alarms of ${name}'s stack` };
}

/** One series that must not rise above a threshold. */
type Series = Pick<LoadedAlarm, "namespace" | "metricName" | "dimensions" | "statistic" | "threshold">;

/** On a custom bus a rule's series have both dimensions; on the default bus the rule's name alone. */
function watched({ stage, account }: Subject): Series[] {
  const bus = account.busSettings?.name ?? "";
  const ownRules = [...account.rules].filter((rule) => stage.world.rules.get(rule)?.busArn === account.bus);
  const defaultRules = [...account.rules].filter((rule) => !ownRules.includes(rule));
  const queues = [...account.queues, account.encryptionFailures ?? []].flat();
  const events = { namespace: "AWS/Events", statistic: "Sum", threshold: 0 };
  const inQueue = { namespace: "AWS/SQS", statistic: "Maximum" };
  return [
    ...ownRules.flatMap((rule) =>
      ["FailedInvocations", "InvocationsSentToDlq", "InvocationsFailedToBeSentToDlq", "ThrottledRules"].map(
        (metricName) => ({
          ...events,
          metricName,
          dimensions: { EventBusName: bus, RuleName: lastOf(rule, "/") },
        }),
      ),
    ),
    ...defaultRules.map((rule) => ({
      ...events,
      metricName: "Invocations",
      dimensions: { RuleName: lastOf(rule, "/") },
    })),
    ...queues.flatMap((queue) => [
      {
        ...inQueue,
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: lastOf(queue, ":") },
        threshold: 0,
      },
      {
        ...inQueue,
        metricName: "ApproximateAgeOfOldestMessage",
        dimensions: { QueueName: lastOf(queue, ":") },
        threshold: dayInSeconds,
      },
    ]),
  ];
}

const dayInSeconds = 86_400;

function lastOf(arn: string, separator: string): string {
  return arn.slice(arn.lastIndexOf(separator) + 1);
}

function isWatched({ stage, account, topic }: Subject, series: Series): ProofFailure[] {
  const alarm = account.switchedOn.alarms.find((candidate) => watches(candidate, series));
  const what = `${series.metricName} of ${Object.values(series.dimensions).join("/")}`;
  if (alarm === undefined) return requireThat(false, about(account, `no alarm watches ${what}`));
  return [
    ...requireThat(
      alarm.actions.includes(topic),
      about(
        account,
        `alarm ${alarm.arn} for ${what} tells ${alarm.actions.join(", ") || "nobody"}, not ${topic}`,
      ),
    ),
    ...requirePermission(
      {
        ...about(account, `alarm ${alarm.arn} is told by ${topic}`),
        mend: `the policies of ${topic} and of its key must let cloudwatch.amazonaws.com publish for the account's alarms`,
      },
      (evidence) => publishToTopic(stage.world, topic, "cloudwatch.amazonaws.com", alarm.arn, evidence),
    ),
  ];
}

function watches(alarm: LoadedAlarm, series: Series): boolean {
  const names = Object.keys(series.dimensions);
  return (
    alarm.namespace === series.namespace &&
    alarm.metricName === series.metricName &&
    alarm.statistic === series.statistic &&
    alarm.threshold === series.threshold &&
    Object.keys(alarm.dimensions).length === names.length &&
    names.every((name) => alarm.dimensions[name] === series.dimensions[name])
  );
}

function tellsEverybody({ account, topic }: Subject, emails: readonly string[]): ProofFailure[] {
  const told = account.switchedOn.subscriptions
    .filter((subscription) => subscription.topic === topic)
    .map(({ email }) => email);
  return [
    ...emails
      .filter((email) => !told.includes(email))
      .flatMap((email) => requireThat(false, about(account, `${topic} does not tell ${email}`))),
    ...told
      .filter((email) => !emails.includes(email))
      .flatMap((email) =>
        requireThat(false, about(account, `${topic} tells ${email}, whom the registry does not know`)),
      ),
  ];
}

interface Intruder {
  readonly service: string;
  readonly source: string;
}

/** Alarms and rules of others: in the same AWS account, and in a stranger's under the same name. */
function intruders({ stage, account }: Subject): Intruder[] {
  const { region } = stage.environment;
  const own = { region, accountId: account.id };
  const theirs = { region, accountId: outsider(stage, "stranger").id };
  const alarms = account.switchedOn.alarms.slice(0, 1).map(({ arn }) => lastOf(arn, ":"));
  const rules = [...account.rules].slice(0, 1).map((rule) => lastOf(rule, "/"));
  return [
    ...[arnOf.alarm(own, "somebody-elses"), ...alarms.map((name) => arnOf.alarm(theirs, name))].map(
      (source) => ({ service: "cloudwatch.amazonaws.com", source }),
    ),
    ...[
      arnOf.rule(own, "default", "somebody-elses"),
      arnOf.rule(own, account.busSettings?.name ?? "", "somebody-elses"),
      ...rules.map((name) => arnOf.rule(theirs, "default", name)),
    ].map((source) => ({ service: "events.amazonaws.com", source })),
  ];
}

function isRefused({ stage, account, topic }: Subject, { service, source }: Intruder): ProofFailure[] {
  return requireRefusal(
    {
      ...about(account, `${service} publishes on ${topic} for ${source}`),
      mend: `the policy of ${topic} must name the account's own alarms, and the rule that tells of routing changes`,
    },
    (evidence) => publishToTopic(stage.world, topic, service, source, evidence).checks,
  );
}

const dashboardBody = z.object({ widgets: z.array(z.object({ type: z.string() })).min(1) });

/** The page shows every route, the queues and the log. */
function isShown({ stage, account }: Subject): ProofFailure[] {
  const { dashboards } = account.switchedOn;
  const [dashboard, ...others] = dashboards;
  if (dashboard === undefined || others.length > 0) {
    return requireThat(
      false,
      about(account, `${account.name} emits ${dashboards.length} dashboards, not one`),
    );
  }
  const isPage = dashboardBody.safeParse(readJson(dashboard.body)).success;
  const forwards = [...account.rules].filter((rule) =>
    stage.world.rules.get(rule)?.targets.some(({ arn }) => stage.world.buses.has(arn)),
  );
  const shown = [
    ...forwards.map((rule) => lastOf(rule, "/")),
    ...account.queues.map((queue) => lastOf(queue, ":")),
    lastOf(account.logGroup ?? "", ":"),
  ];
  const missing = shown.filter((name) => !dashboard.body.includes(name));
  return requireThat(
    isPage && missing.length === 0,
    about(account, `dashboard ${dashboard.name} shows nothing of ${missing.join(", ") || "anything"}`),
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
