import { ask } from "eventbridge-simulator";
import { z } from "zod";
import type { Contract } from "../../infra/registry/index.js";
import { everyRule, growthOf, seriesName, watchedBy } from "../alarm-states.js";
import {
  type Attempt,
  failureOf,
  outcomeOf,
  type ProofCheck,
  type ProofFailure,
  requirePermission,
  requireThat,
} from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import type { LoadedAlarm } from "../emission/parts.js";
import { mendOf } from "../mends.js";
import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import { type Stage } from "../stage.js";
import { wantedOf } from "../wanted.js";
import { failures, flood, growth, heardInstead, type Story, waiting } from "./alarm-stories.js";

/** What wakes people: a topic, those who hear it, the alarms that use it, and a page that shows them. */
export function alarmNeeds(stage: Stage): Need[] {
  const { alarms } = stage.environment;
  if (alarms === undefined) return [];
  return [...stage.loaded.accounts.values()].map((account) => {
    const { bus, topicArn: topic } = wantedOf(stage, account.name);
    return {
      account: account.name,
      what: `the alarms of ${account.name}`,
      claims: [
        claim(kinds.topic, { name: `${bus}-alarms` }),
        claim(kinds.topicPolicy, { arn: topic }),
        ...alarms.emails.map((endpoint) => claim(kinds.subscription, { endpoint, topic })),
        ...watched({ stage, account, topic }).map(({ name }) =>
          claim(kinds.alarm, { name: `${bus}.${name}` }),
        ),
        claim(kinds.dashboard, { dashboardName: bus }),
      ],
    };
  });
}

/** Everything that can go wrong has an alarm that reaches people, once, whatever it is about. */
export function alarmChecks(stage: Stage): ProofCheck[] {
  if (stage.environment.alarms === undefined) return [];
  return [...stage.loaded.accounts.values()].flatMap((account) => {
    const subject = { stage, account, topic: wantedOf(stage, account.name).topicArn };
    return [
      {
        id: `alarms:${account.name}`,
        title: `alarms of ${account.name} watch every rule and queue, and reach their topic`,
        run: () =>
          outcomeOf(
            [...watched(subject).map((one) => () => isWatched(subject, one)), () => isShown(subject)],
            (test) => test(),
          ),
      },
      {
        id: `alarm-messages:${account.name}`,
        title: `alarms of ${account.name} tell of each incident once, soon, and when it is over`,
        run: () =>
          outcomeOf(
            watched(subject).flatMap((one) => one.stories.map((story) => ({ one, story }))),
            ({ one, story }) => isHeardOnce(subject, one, story),
          ),
      },
      {
        id: `alarm-ways:${account.name}`,
        title: `what tells of ${account.name} does not hang on what it tells of`,
        run: () => outcomeOf(account.switchedOn.topics, (one) => isFree(subject, one)),
      },
    ];
  });
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

/** Something that must have an alarm. */
interface Watched {
  /** Of the alarm, behind the bus's name and a dot. */
  readonly name: string;
  /** As {@link watchedBy} has it. */
  readonly what: string;
  /** Whether people are told, or it is on the dashboard alone. */
  readonly tells: boolean;
  /** Has to be above this; undefined where an anomaly decides. */
  readonly threshold: number | undefined;
  readonly stories: readonly Story[];
}

/** On a custom bus a rule's series have both dimensions; on the default bus the rule's name alone. */
function watched(subject: Subject): Watched[] {
  const { stage, account } = subject;
  const { bus, queue, encryptionFailures: unencrypted, routingWatch } = wantedOf(stage, account.name);
  const ofRules = (name: string, metricName: string, tells: boolean): Watched => {
    const dimensions = { EventBusName: bus, RuleName: "a-consumers-rule" };
    const stories = failures({ namespace: "AWS/Events", metricName, dimensions });
    return { name, what: everyRule(metricName, bus), tells, threshold: 0, stories };
  };
  const { encryption, auditTrail } = stage.environment;
  const told = { tells: true, threshold: 0 };
  const queues = {
    "dead-letters": queue,
    ...(encryption === false ? {} : { "encryption-failures": unencrypted }),
  };
  const watch = {
    metricName: "FailedInvocations",
    dimensions: { RuleName: routingWatch },
  };
  return [
    ofRules("bus.lost", "InvocationsFailedToBeSentToDlq", true),
    ofRules("bus.dead-letters", "InvocationsSentToDlq", true),
    ofRules("bus.loops", "DeadLetterInvocations", true),
    ofRules("bus.failed", "FailedInvocations", false),
    ofRules("bus.throttled", "ThrottledRules", false),
    ...(auditTrail === undefined || account.name !== stage.registry.backbone
      ? []
      : [
          {
            ...told,
            name: "routing-watch.failed",
            what: seriesName({ ...watch, stat: "Sum" }),
            stories: failures({ namespace: "AWS/Events", ...watch }),
          },
        ]),
    ...Object.entries(queues).map(([subject, name]) => ({
      ...told,
      name: `${subject}.waiting`,
      what: depthOf(name, "Maximum"),
      stories: waiting(name),
    })),
    ...(encryption === false
      ? []
      : [
          {
            ...told,
            name: "encryption-failures.new",
            what: growthOf(depthOf(unencrypted, "Average")),
            stories: growth(unencrypted),
          },
        ]),
    ...volume(subject),
  ];
}

/** Whoever looks at a queue hides its messages for a while, and they are still there. */
function depthOf(queue: string, stat: string): string {
  return ["ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"]
    .map((metricName) => seriesName({ metricName, dimensions: { QueueName: queue }, stat }))
    .join(" + ");
}

/** Of an AWS account, so the backbone watches it for those who share one with it, and else the first by name. */
function volume({ stage, account }: Subject): Watched[] {
  const { registry, environment } = stage;
  const [first, ...others] = [registry.backbone, ...registry.members].filter(
    (name) => stage.account(name).id === account.id,
  );
  if (first !== account.name) return [];
  const isBackbone = account.name === registry.backbone;
  const metricName = isBackbone ? "InvocationsCreated" : "PutEventsEntriesCount";
  const isPublisher = ({ publishers }: Contract) =>
    publishers.some((publisher) => publisher.account === account.name);
  const peaks = [...registry.contracts.values()]
    .filter((contract) => isBackbone || isPublisher(contract))
    .map(({ key, peakPerSecond = Number.NaN }) => {
      const routed = registry.routes.filter(({ contracts }) => contracts.includes(key));
      const kept = environment.archive === undefined ? 1 : 2;
      return peakPerSecond * (isBackbone ? kept + new Set(routed.map(({ to }) => to)).size : 1);
    });
  const sum = peaks.reduce((total, peak) => total + peak, 0);
  const isDeclared = others.length === 0 && peaks.length > 0 && !Number.isNaN(sum);
  const threshold = isDeclared ? Math.ceil(sum * 300) : undefined;
  return [
    {
      name: "account.volume",
      what: seriesName({ metricName, dimensions: {}, stat: "Sum" }),
      tells: true,
      threshold,
      stories: flood({ namespace: "AWS/Events", metricName, dimensions: {} }, threshold ?? 1_000),
    },
  ];
}

function lastOf(arn: string, separator: string): string {
  return arn.slice(arn.lastIndexOf(separator) + 1);
}

function alarmsOf({ account }: Subject, { what, tells }: Watched): LoadedAlarm[] {
  return account.switchedOn.alarms.filter((alarm) => watchedBy(alarm) === what && isTelling(alarm) === tells);
}

function isTelling({ actions, okActions }: LoadedAlarm): boolean {
  return actions.length > 0 || okActions.length > 0;
}

/** Two alarms that tell of one thing tell each incident twice. */
function isWatched(subject: Subject, one: Watched): ProofFailure[] {
  const { stage, account, topic } = subject;
  const { name, what, tells, threshold } = one;
  const [alarm, ...others] = alarmsOf(subject, one);
  if (alarm === undefined) {
    const { place, bus } = wantedOf(stage, account.name);
    const meant = arnOf.alarm(place, `${bus}.${name}`);
    const watches = account.switchedOn.alarms.filter(({ arn }) => arn === meant).map(watchedBy);
    const [found = "no such alarm"] = watches.map((series) => series ?? "series that are not known");
    const attempt = `no alarm that ${tells ? "tells people" : "tells nobody"} watches ${what}; ${meant} is for that, and watches ${found}`;
    return [failureOf({ ...about(account, attempt), at: [meant], expected: what, found })];
  }
  const { arn, actions, okActions } = alarm;
  const unsaid = wordsOf(subject).filter((word) => !alarm.description.includes(word));
  return [
    ...requireThat(unsaid.length === 0, {
      ...about(account, `the text of alarm ${arn} for ${what} does not say ${unsaid.join(", ")}`),
      at: [arn],
    }),
    ...requireThat(!tells || others.length === 0, {
      ...about(account, `${others.length + 1} alarms tell of ${what}, and each incident is told as often`),
      at: others.map((other) => other.arn),
    }),
    ...requireThat(alarm.threshold === threshold, {
      ...about(
        account,
        `alarm ${arn} for ${what} goes off above ${alarm.threshold ?? "what is usual"}, not above ${threshold ?? "what is usual"}`,
      ),
      at: [arn],
    }),
    ...requireThat(
      !tells || [actions, okActions].every((told) => told.length === 1 && told.includes(topic)),
      {
        ...about(
          account,
          `alarm ${arn} for ${what} tells ${actions.join(", ") || "nobody"}, and ${okActions.join(", ") || "nobody"} when it is over, not ${topic}`,
        ),
        at: [arn],
      },
    ),
    ...requirePermission(
      {
        ...about(account, `alarm ${arn} is told by ${topic}`),
        mend: `the policies of ${topic} and of its key must let cloudwatch.amazonaws.com publish for the account's alarms`,
        passes: [topic],
      },
      (evidence) =>
        ask(
          stage.world,
          { may: "publish", service: "cloudwatch.amazonaws.com", source: arn, topic },
          evidence,
        ),
    ),
  ];
}

/** What somebody who is woken must read: where it is, what to run, where more is. */
function wordsOf({ stage, account }: Subject): string[] {
  const { name, alarms } = stage.environment;
  const { bus: dashboard } = wantedOf(stage, account.name);
  return [
    name,
    account.name,
    account.id,
    "npx backbone ",
    `dashboard/${dashboard}`,
    alarms?.runbook ?? [],
  ].flat();
}

/** What has been played already: most alarms, and those of one plan and the next, differ by a name alone. */
const heard = new Map<string, string | undefined>();

function isHeardOnce(subject: Subject, one: Watched, story: Story): ProofFailure[] {
  const { account } = subject;
  return alarmsOf(subject, one).flatMap((alarm) => {
    const { arn, queries, evaluationPeriods, datapointsToAlarm, threshold } = alarm;
    const settings = [story.title, queries, evaluationPeriods, datapointsToAlarm, threshold];
    const key = JSON.stringify(settings).replaceAll(account.busSettings?.name ?? "", "bus");
    if (!heard.has(key)) heard.set(key, heardInstead(alarm, story));
    const instead = heard.get(key);
    return requireThat(instead === undefined, {
      at: [arn],
      ...about(account, `of ${story.title}, alarm ${arn} lets people hear ${instead ?? ""}`),
      mend: `let ${arn} look at so many periods that an incident is one, and no more`,
    });
  });
}

/**
 * A key that is disabled stops all that is under it. What must say so then must not be: by a second key it may, which
 * nothing else uses.
 */
function isFree(
  { stage, account }: Subject,
  { arn, keyArn }: LoadedAccount["switchedOn"]["topics"][number],
): ProofFailure[] {
  const { world } = stage;
  const { bus = "", logGroups, queues, encryptionFailures = "", switchedOn } = account;
  const hanging = [
    ...[bus].map((one) => ({ arn: one, under: world.buses.get(one)?.keyArn })),
    ...logGroups.map((one) => ({ arn: one, under: world.logGroups.get(one)?.keyArn })),
    ...[...queues, encryptionFailures].map((one) => ({ arn: one, under: world.queues.get(one)?.keyArn })),
    ...switchedOn.archives.map((archive) => ({ arn: archive.arn, under: archive.keyArn })),
  ].filter(({ under }) => under !== undefined && under === keyArn);
  if (keyArn !== undefined && !world.keys.has(keyArn)) {
    const attempt = `${arn} is under ${keyArn}, which no stack emits: nobody can publish there`;
    const mend = mendOf({ reason: "key-missing", subject: keyArn, checks: [] });
    return [failureOf({ ...about(account, attempt), at: [arn], expected: "no key", found: keyArn, mend })];
  }
  return requireThat(hanging.length === 0, {
    at: [arn],
    ...about(
      account,
      `${arn} is under ${keyArn ?? ""}, as ${hanging.map((one) => one.arn).join(", ")}: without that key these fail, and nobody is told`,
    ),
    mend: `take ${arn} off ${keyArn ?? ""}; what it tells holds nothing of an event`,
  });
}

const dashboardBody = z.object({
  widgets: z.array(z.object({ type: z.string() })).min(1),
});

/** The page shows every alarm, every route, the queues and the log. */
function isShown(subject: Subject): ProofFailure[] {
  const { stage, account } = subject;
  const { place, bus } = wantedOf(stage, account.name);
  const [dashboard] = account.switchedOn.dashboards;
  if (dashboard === undefined) return [];
  // In widgets and in links.
  const regions = [...dashboard.body.matchAll(/(?:"region":"|region=|\/\/)([a-z]{2}(?:-[a-z]+)+-\d)\b/gu)];
  const isPage =
    dashboardBody.safeParse(readJson(dashboard.body)).success &&
    regions.every(([, region]) => region === account.region);
  const forwards = [...account.rules].filter((rule) =>
    stage.world.rules.get(rule)?.targets.some(({ arn }) => stage.world.buses.has(arn)),
  );
  const shown = [
    ...watched(subject).map(({ name }) => arnOf.alarm(place, `${bus}.${name}`)),
    ...forwards.map((rule) => lastOf(rule, "/")),
    ...account.queues.map((queue) => lastOf(queue, ":")),
    lastOf(account.logGroup ?? "", ":"),
  ];
  const missing = shown.filter((name) => !dashboard.body.includes(name));
  return requireThat(
    isPage && missing.length === 0,
    about(
      account,
      `dashboard ${dashboard.name} shows nothing of ${missing.join(", ") || `anything of ${account.region}`}`,
    ),
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
