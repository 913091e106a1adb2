import { type Series, type Situation, type StateChange, stateChanges } from "../alarm-states.js";
import type { LoadedAlarm } from "../emission/parts.js";

/** What happens to what an alarm watches, and what people are to hear of it: that it begins and that it is over, once. */
export interface Story {
  /** As the beginning of a sentence. */
  readonly title: string;
  readonly situation: Situation;
  /** Minutes between which the one message, and the one that it is over, come; undefined: people hear nothing. */
  readonly told?: { readonly begins: Span; readonly ends: Span };
}

type Span = readonly [from: number, until: number];
type Named = Omit<Series, "at">;

/** Everything begins here; before that there is time for what an alarm looks back at. */
const start = 100;
const night = 8 * 60;
const day = 24 * 60;
/** Minutes after which somebody must know, and after which somebody must know that it is over. */
const soon = 10;
const afterwards = 90;

/** A series that is written only while something fails. */
export function failures(series: Named): readonly Story[] {
  const story = (title: string, until: number, every: number): Story => ({
    title,
    situation: {
      minutes: until + 2 * afterwards,
      series: [
        {
          ...series,
          at: (minute) =>
            minute >= start && minute <= until && (minute - start) % every === 0 ? 1 : undefined,
        },
      ],
    },
    told: { begins: [start, start + soon], ends: [until + 1, until + afterwards] },
  });
  return [
    story("one failure", start, 1),
    story("a failure every ten minutes of a night", start + night, 10),
    story("failures all night", start + night, 1),
  ];
}

/** Both series of a queue: what is in somebody's hand is hidden from others. SQS writes nothing of what is long empty. */
function queue(
  name: string,
  letters: (minute: number) => number | undefined,
  isLookedAt: (minute: number) => boolean,
): Series[] {
  const series = (metricName: string, isHere: (minute: number) => boolean): Series => ({
    namespace: "AWS/SQS",
    metricName,
    dimensions: { QueueName: name },
    at: (minute) => {
      const there = letters(minute);
      return there === undefined || isHere(minute) ? there : 0;
    },
  });
  return [
    series("ApproximateNumberOfMessagesVisible", (minute) => !isLookedAt(minute)),
    series("ApproximateNumberOfMessagesNotVisible", isLookedAt),
  ];
}

/** For a quarter of an hour, as `dead-letters --redrive` has them in hand, three times in the first day. */
function isLookedAt(minute: number): boolean {
  return [50, 300, 800].some((since) => minute >= start + since && minute < start + since + 15);
}

/** Letters that wait for two days, and are looked at. */
export function waiting(name: string): readonly Story[] {
  const until = start + 2 * day;
  const letters = (minute: number) => (minute >= start && minute < until ? 2 : undefined);
  return [
    {
      title: "letters that wait for two days and are looked at",
      situation: { minutes: until + 2 * afterwards, series: queue(name, letters, isLookedAt) },
      told: { begins: [start + day - 90, start + day + 90], ends: [until, until + afterwards] },
    },
  ];
}

/** What a consumer gives up, told at once and until it is gone, whoever looks at it meanwhile. */
export function givenUp(name: string): readonly Story[] {
  const story = (title: string, until: number, isThere: (minute: number) => boolean): Story => ({
    title,
    situation: {
      minutes: until + 2 * afterwards,
      series: queue(
        name,
        (minute) => (minute >= start && minute < until && isThere(minute) ? 1 : undefined),
        isLookedAt,
      ),
    },
    told: { begins: [start, start + soon], ends: [until, until + afterwards] },
  });
  const always = () => true;
  return [
    story("an event that is given up and put back within minutes", start + 5, always),
    story("an event that is given up and looked at for two days", start + 2 * day, always),
    story(
      "events that are given up all night and put back within minutes",
      start + night,
      (minute) => (minute - start) % 40 < 5,
    ),
  ];
}

/** A queue whose oldest message grows older while nobody takes it, by the seconds of its series. */
export function behind(series: Named): readonly Story[] {
  const situation = (until: number): Situation => ({
    minutes: until + 2 * afterwards,
    series: [
      { ...series, at: (minute) => (minute >= start && minute < until ? (minute - start) * 60 : undefined) },
    ],
  });
  const until = start + night;
  return [
    {
      title: "a consumer that stands still for a night",
      situation: situation(until),
      told: { begins: [start + 60, start + 90], ends: [until, until + 30] },
    },
    {
      title: "a consumer that is behind for a few minutes more than an hour",
      situation: situation(start + 64),
    },
  ];
}

/** New letters, also behind old ones. */
export function growth(name: string): readonly Story[] {
  const second = start + 600;
  const told = (at: number) => ({
    begins: [at, at + soon] as const,
    ends: [at + 1, at + afterwards] as const,
  });
  const until = start + night;
  const everyTenMinutes = (minute: number) =>
    minute < start ? 0 : 1 + Math.floor((Math.min(minute, until) - start) / 10);
  return [
    {
      title: "a letter every ten minutes of a night",
      situation: { minutes: until + 2 * afterwards, series: queue(name, everyTenMinutes, () => false) },
      told: { begins: [start, start + soon], ends: [until + 1, until + afterwards] },
    },
    {
      title: "the first letter in a queue that was long empty",
      situation: {
        minutes: start + 2 * afterwards,
        series: queue(
          name,
          (minute) => (minute >= start ? 1 : undefined),
          () => false,
        ),
      },
      told: told(start),
    },
    {
      title: "a new letter behind one that waits and is looked at",
      situation: {
        minutes: second + 2 * afterwards,
        series: queue(name, (minute) => (minute >= second ? 2 : 1), isLookedAt),
      },
      told: told(second),
    },
  ];
}

/** Ten times what is allowed, or usual; a burst is no flood. */
export function flood(series: Named, allowed: number): readonly Story[] {
  const situation = (until: number): Situation => ({
    minutes: until + 2 * afterwards,
    usual: allowed,
    series: [{ ...series, at: (minute) => (minute >= start && minute < until ? 2 * allowed : allowed / 10) }],
  });
  const until = start + night;
  return [
    {
      title: "ten times what is usual, for a night",
      situation: situation(until),
      told: { begins: [start, start + 30], ends: [until, until + afterwards] },
    },
    { title: "ten times what is usual, for five minutes", situation: situation(start + 5) },
  ];
}

/** How many periods CloudWatch fetches besides is not documented: whatever it does, the messages are the same. */
const fetchedBesides = [0, 2, 4];

/** @returns what people hear instead, if it is not as the story wants it */
export function heardInstead(alarm: LoadedAlarm, { situation, told }: Story): string | undefined {
  for (const extra of fetchedBesides) {
    const changes = stateChanges(alarm, situation, extra);
    if (changes === undefined) return "nobody can say what";
    if (told === undefined ? changes.length > 0 : !isTold(changes, told)) return describe(changes, told);
  }
  return undefined;
}

function isTold(changes: readonly StateChange[], { begins, ends }: NonNullable<Story["told"]>): boolean {
  const [first, second, ...others] = changes;
  const isIn = (change: StateChange | undefined, [from, until]: Span) =>
    change !== undefined && change.minute >= from && change.minute <= until;
  return others.length === 0 && isIn(first, begins) && isIn(second, ends);
}

function describe(changes: readonly StateChange[], told: Story["told"]): string {
  const [first] = changes;
  if (first === undefined) return "nothing";
  const count = changes.filter(({ state }) => state === "ALARM").length;
  const late = first.minute - (told?.begins[0] ?? start);
  return `${count} ${count === 1 ? "message" : "messages"}, the first after ${late} minutes, and ${changes.length - count} times that it is over`;
}
