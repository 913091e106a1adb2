import { type Contract, hubContracts } from "../../infra/registry/index.js";
import { everyRule, growthOf, seriesName } from "../alarm-states.js";
import type { LoadedAccount } from "../emission/assemble.js";
import type { Stage } from "../stage.js";
import { awsForwardsOf, type Forward, isRuleOfForward } from "../forwards.js";
import { subscribedIn } from "../subscribed.js";
import { wantedOf } from "../wanted.js";
import { behind, failures, flood, givenUp, growth, type Story, waiting } from "./alarm-stories.js";

/** An account whose alarms are looked at. */
export interface Subject {
  readonly stage: Stage;
  readonly account: LoadedAccount;
  /** ARN. */
  readonly topic: string;
}

/** Something that must have an alarm. */
export interface Watched {
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
export function watched(subject: Subject): Watched[] {
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
    ...subscribedIn(stage, account.name).flatMap(({ rule, made }) =>
      made === undefined ? [] : consumed(rule, made.queue, made.letters),
    ),
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
    ...awsForwardsOf(stage, { from: account.name }).flatMap(forwarded(subject)),
    ...volume(subject),
  ];
}

/** Rule by rule, as many as there are: the bus has rules of others, whose failures are theirs. */
function forwarded({ stage }: Subject): (forward: Forward) => Watched[] {
  return (forward) => {
    const { bus } = forward;
    const rules = (stage.world.buses.get(bus.arn)?.rules ?? [])
      .filter(({ arn }) => isRuleOfForward(forward, arn))
      .map(({ arn }) => arn.slice(arn.lastIndexOf("/") + 1));
    return rules.flatMap((rule) =>
      (
        [
          ["lost", "InvocationsFailedToBeSentToDlq"],
          ["dead-letters", "InvocationsSentToDlq"],
        ] as const
      ).map(([trouble, metricName]): Watched => {
        // The series of a rule on the default bus do not name the bus.
        const dimensions = {
          ...(bus.name === "default" ? {} : { EventBusName: bus.name }),
          RuleName: rule,
        };
        return {
          name: `${rule.replaceAll(".", "--")}.${trouble}`,
          what: seriesName({ metricName, dimensions, stat: "Sum" }),
          tells: true,
          threshold: 0,
          stories: failures({ namespace: "AWS/Events", metricName, dimensions }),
        };
      }),
    );
  };
}

/** An hour, in seconds: longer than what is behind for a while. */
const late = 3_600;

/** What a consumer gives up, and does not come to. */
function consumed(subject: string, queue: string, letters: string): Watched[] {
  const age = { metricName: "ApproximateAgeOfOldestMessage", dimensions: { QueueName: queue } };
  return [
    {
      name: `${subject}.given-up`,
      what: depthOf(letters, "Maximum"),
      tells: true,
      threshold: 0,
      stories: givenUp(letters),
    },
    {
      name: `${subject}.late`,
      what: seriesName({ ...age, stat: "Maximum" }),
      tells: true,
      threshold: late,
      stories: behind({ namespace: "AWS/SQS", ...age }),
    },
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
  const peaks = hubContracts(registry)
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
