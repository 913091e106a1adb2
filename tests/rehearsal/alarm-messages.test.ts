import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Series, stateChanges } from "../../rehearsal/alarm-states.js";
import { loadPlan } from "../../rehearsal/emission/assemble.js";
import type { LoadedAlarm } from "../../rehearsal/emission/parts.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { rehearse } from "../fixtures/rehearsed.js";

/** Alarms of the emitted plan, by account. */
const emitted = new Map<string, readonly LoadedAlarm[]>();

beforeAll(async () => {
  const { accounts } = loadPlan((await rehearse(example, "prod")).plan, new Set());
  for (const [name, account] of accounts) emitted.set(name, account.switchedOn.alarms);
});

const hour = 60;
const day = 24 * hour;

const nameOf = ({ arn }: LoadedAlarm) => arn.slice(arn.indexOf(":alarm:") + ":alarm:".length);

/** Every mail that an account's people get, in order. */
function mails(account: string, minutes: number, series: readonly Series[], usual = 1_000): string[] {
  return (emitted.get(account) ?? [])
    .flatMap((alarm) =>
      (stateChanges(alarm, { series, minutes, usual }) ?? []).flatMap(({ minute, state }) => {
        const told = state === "ALARM" ? alarm.actions : alarm.okActions;
        return told.map(() => ({ minute, text: `${minute} ${state} ${nameOf(alarm)}` }));
      }),
    )
    .sort((left, right) => left.minute - right.minute)
    .map(({ text }) => text);
}

type At = Series["at"];

/** A rule that anybody made on the account's bus; what becomes a letter counts as failed, too. */
function rule(account: string, name: string, written: Readonly<Record<string, At>>): Series[] {
  const dimensions = { EventBusName: `backbone-${account}`, RuleName: name };
  return Object.entries(written).map(([metricName, at]) => ({
    namespace: "AWS/Events",
    metricName,
    dimensions,
    at,
  }));
}

const deadLetters = (account: string, name: string, at: At) =>
  rule(account, name, { FailedInvocations: at, InvocationsSentToDlq: at });

function queue(name: string, letters: At, isLookedAt: (minute: number) => boolean = () => false): Series[] {
  const messages = (metricName: string, isHere: (minute: number) => boolean): Series => ({
    namespace: "AWS/SQS",
    metricName,
    dimensions: { QueueName: name },
    at: (minute) => {
      const there = letters(minute);
      return there === undefined || isHere(minute) ? there : 0;
    },
  });
  return [
    messages("ApproximateNumberOfMessagesVisible", (minute) => !isLookedAt(minute)),
    messages("ApproximateNumberOfMessagesNotVisible", isLookedAt),
  ];
}

const from =
  (first: number, until = Number.POSITIVE_INFINITY, every = 1, count = 1): At =>
  (minute) =>
    minute >= first && minute < until && (minute - first) % every === 0 ? count : undefined;

describe("a key that is disabled", () => {
  it("is told by queues and a topic that do not need it", () => {
    // From minute 100 on the bus can encrypt nothing: each event is kept, and what was on its way becomes a letter.
    const kept = (minute: number) => (minute < 100 ? undefined : minute - 99);
    const heard = mails("delivery", 500, [
      ...queue("backbone-delivery-encryption-failures", (minute) =>
        minute < 300 ? kept(minute) : kept(300),
      ),
      ...deadLetters("delivery", "pack", from(100, 103)),
    ]);
    expect(heard).toEqual([
      "100 ALARM backbone-delivery.bus.dead-letters",
      "100 ALARM backbone-delivery.encryption-failures.new",
      "162 OK backbone-delivery.bus.dead-letters",
      "364 OK backbone-delivery.encryption-failures.new",
    ]);
  });
});

describe("a letter that is stuck", () => {
  const stuck = queue("backbone-delivery-dead-letters", (minute) => (minute < 2 * day ? 1 : 2));

  it("does not hide that another consumer's rule fails days later", () => {
    const heard = mails("delivery", 2 * day + 2 * hour, [
      ...stuck,
      ...deadLetters("delivery", "bill", from(2 * day, 2 * day + 1)),
    ]);
    expect(heard.filter((mail) => mail.includes(".bus."))).toEqual([
      `${2 * day} ALARM backbone-delivery.bus.dead-letters`,
      `${2 * day + hour} OK backbone-delivery.bus.dead-letters`,
    ]);
  });
});

describe("letters that nobody looks after", () => {
  const until = 100 + 2 * day;
  const letters: At = (minute) => (minute >= 100 && minute < until ? 3 : undefined);

  it("are told after a day, and again when the queue is empty, however often they were looked at", () => {
    const isLookedAt = (minute: number) =>
      [200, 700, 1_200, 1_600].some((at) => minute >= at && minute < at + 15);
    const quiet = mails("delivery", until + day, queue("backbone-delivery-dead-letters", letters));
    const looked = mails(
      "delivery",
      until + day,
      queue("backbone-delivery-dead-letters", letters, isLookedAt),
    );
    expect(looked).toEqual(quiet);
    expect(quiet.map((mail) => mail.replace(/^\d+ /, ""))).toEqual([
      "ALARM backbone-delivery.dead-letters.waiting",
      "OK backbone-delivery.dead-letters.waiting",
    ]);
    const [alarm = "", ok = ""] = quiet;
    expect(Number.parseInt(alarm, 10) - 100).toBeLessThanOrEqual(day);
    expect(Number.parseInt(ok, 10) - until).toBeLessThanOrEqual(hour);
  });

  it("are nobody's business while they are redriven within the day", () => {
    const handled: At = (minute) => (minute >= 100 && minute < 100 + 20 * hour ? 3 : undefined);
    expect(mails("delivery", 3 * day, queue("backbone-delivery-dead-letters", handled))).toEqual([]);
  });
});

/** The table of docs/operating.md: mails in a night of eight hours, and when the first of them comes. */
const night = 8 * hour;
describe("a night of failures", () => {
  it.each([
    { what: "one failure", every: night, last: 1, alarms: 1, ends: 1 },
    { what: "a failure every 10 minutes", every: 10, last: night, alarms: 1, ends: 1 },
    { what: "a failure every 30 minutes", every: 30, last: night, alarms: 1, ends: 1 },
    { what: "a failure every 90 minutes", every: 90, last: night, alarms: 6, ends: 6 },
    { what: "a failure every minute", every: 1, last: night, alarms: 1, ends: 1 },
  ])("$what: $alarms times told, $ends times that it is over", ({ every, last, alarms, ends }) => {
    const heard = mails("delivery", night + 3 * hour, [
      ...deadLetters("delivery", "pack", from(100, 100 + last, every)),
      ...deadLetters("delivery", "bill", from(100, 100 + last, every)),
    ]);
    const times = (state: string) => heard.filter((mail) => mail.includes(` ${state} `)).length;
    expect({ alarms: times("ALARM"), ends: times("OK") }).toEqual({ alarms, ends });
    expect(heard[0]).toBe("100 ALARM backbone-delivery.bus.dead-letters");
  });

  it("has as many messages as incidents: failures that are at most an hour apart are one", () => {
    const lost = () => emitted.get("global")?.find((alarm) => nameOf(alarm).endsWith(".bus.lost"));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 12 }),
        (failing) => {
          const alarm = lost();
          if (alarm === undefined) throw new Error("no alarm of what is lost");
          const at: At = (minute) => (failing.includes(minute) ? 1 : undefined);
          const series = rule("global", "forward-delivery", { InvocationsFailedToBeSentToDlq: at });
          const changes = stateChanges(alarm, { series, minutes: 2_200 }) ?? [];
          const sorted = [...failing].sort((left, right) => left - right);
          const incidents = sorted.filter(
            (minute, index) => minute - (sorted[index - 1] ?? -hour - 1) > hour,
          );
          expect(changes.filter(({ state }) => state === "ALARM").map(({ minute }) => minute)).toEqual(
            incidents,
          );
          expect(changes).toHaveLength(2 * incidents.length);
        },
      ),
    );
  });
});

describe("an endless loop", () => {
  const series = (metricName: string, at: At): Series => ({
    namespace: "AWS/Events",
    metricName,
    dimensions: {},
    at,
  });
  const flood: At = (minute) => (minute >= 100 && minute < 500 ? 5_000 : 100);

  it("is told by the backbone, and by the account that publishes", () => {
    const told = (account: string) => [
      `110 ALARM backbone-${account}.account.volume`,
      `549 OK backbone-${account}.account.volume`,
    ];
    expect(mails("global", 700, [series("InvocationsCreated", flood)])).toEqual(told("global"));
    expect(mails("orders", 700, [series("PutEventsEntriesCount", flood)])).toEqual(told("orders"));
    expect(mails("delivery", 700, [series("PutEventsEntriesCount", () => 100)])).toEqual([]);
  });

  it("that AWS itself breaks is told at once", () => {
    const broken = rule("delivery", "pack", { DeadLetterInvocations: from(100, 101) });
    expect(mails("delivery", 300, broken)[0]).toBe("100 ALARM backbone-delivery.bus.loops");
  });
});

describe("what is late, and what fails without a letter", () => {
  it("wakes nobody, and is on the dashboard", () => {
    const series = rule("global", "forward-delivery", {
      ThrottledRules: from(100),
      FailedInvocations: from(100),
    });
    expect(mails("global", 400, series)).toEqual([]);
    const quiet = (emitted.get("global") ?? []).filter(({ actions }) => actions.length === 0).map(nameOf);
    expect(quiet).toEqual(["backbone-global.bus.failed", "backbone-global.bus.throttled"]);
  });
});
