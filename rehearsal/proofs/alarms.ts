import { ask } from "eventbridge-simulator";
import { z } from "zod";
import { watchedBy } from "../alarm-states.js";
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
import { heardInstead, type Story } from "./alarm-stories.js";
import { type Subject, type Watched, watched } from "./watched.js";

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

function about({ name }: LoadedAccount, attempt: string): Attempt {
  return { account: name, step: "alarm", attempt, mend: `mend the alarms of ${name}'s stack` };
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
