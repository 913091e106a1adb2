import colors from "picocolors";
import type { StackPlan, Topology } from "../../infra/topology/index.js";
import { stayReasons } from "../../operations/dead-letters/destination.js";
import { helpFor } from "../../operations/dead-letters/error-codes.js";
import type { PlannedLetter } from "../../operations/dead-letters/plan.js";
import type { RedriveResult } from "../../operations/dead-letters/redrive.js";
import type { SeenAgain } from "../../operations/dead-letters/seen-again.js";
import { count, indent, renderTable, section } from "../table.js";
import { renderAge } from "../time.js";

/** What was found in one account's queue. */
export interface LetterFacts {
  readonly topology: Topology;
  readonly account: StackPlan;
  readonly letters: readonly PlannedLetter[];
  /** About how many messages the queue holds. */
  readonly total: number;
  readonly now: Date;
}

export function renderLetters(facts: LetterFacts): string {
  const { topology, account, letters, total, now } = facts;
  const title = `Dead letters of ${account.account} in ${topology.environment.name}: ${account.deadLetterQueue.name}`;
  if (letters.length === 0)
    return section(title, total === 0 ? "none" : `about ${total}, all held by others`);
  const table = renderTable(
    [
      { title: "Age", align: "right" },
      { title: "Error" },
      { title: "Rule" },
      { title: "Target" },
      { title: "Event" },
      { title: "Id" },
    ],
    letters.map(({ letter }) => [
      letter.sentAt === undefined ? "?" : renderAge(now.getTime() - letter.sentAt.getTime()),
      letter.errorCode ?? "?",
      lastPart(letter.ruleArn),
      lastPart(letter.targetArn),
      letter.event === undefined ? "no event" : `${letter.event.source} "${letter.event.detailType}"`,
      letter.event?.id ?? letter.messageId,
    ]),
  );
  const more = total > letters.length ? [`about ${total - letters.length} more (raise --limit)`] : [];
  return [section(title, [table, ...more].join("\n")), section("What the codes mean", codes(letters))].join(
    "\n",
  );
}

function codes(letters: readonly PlannedLetter[]): string {
  const counted = new Map<string, { readonly messages: Set<string>; letters: number }>();
  for (const { letter } of letters) {
    const code = letter.errorCode ?? "?";
    const entry = counted.get(code) ?? { messages: new Set(), letters: 0 };
    entry.letters += 1;
    if (letter.errorMessage !== undefined) entry.messages.add(letter.errorMessage);
    counted.set(code, entry);
  }
  return [...counted]
    .map(([code, { messages, letters: of }]) => {
      const { meaning, mend } = helpFor(code);
      return [
        `${colors.bold(code)} (${of}): ${meaning}`,
        indent(`mend: ${mend}`),
        ...[...messages].slice(0, 3).map((message) => indent(colors.dim(`AWS says: ${message}`))),
      ].join("\n");
    })
    .join("\n");
}

/** What a redrive will do, in full, before it is done. */
export function renderRedrivePlan({ letters }: LetterFacts, seenAgain: readonly SeenAgain[]): string {
  const buses = new Map<string, number>();
  const staying = new Map<string, number>();
  for (const { destination } of letters) {
    if (destination.kind === "bus") {
      buses.set(destination.bus, (buses.get(destination.bus) ?? 0) + 1);
    } else {
      const reason = stayReasons[destination.reason];
      staying.set(reason, (staying.get(reason) ?? 0) + 1);
    }
  }
  const going = [...buses.values()].reduce((sum, of) => sum + of, 0);
  return section(
    "Redrive",
    [
      ...[...buses].map(([bus, of]) => `${count(of, "letter")} to ${lastPart(bus)}`),
      ...seenAgain.map(
        ({ rule, letters: of, certain }) =>
          `${certain ? "" : "perhaps "}seen again by rule ${rule}: ${count(of, "letter")}`,
      ),
      ...[...staying].map(([reason, of]) => `${colors.yellow("left:")} ${count(of, "message")}: ${reason}`),
      going === 0
        ? "nothing can be sent"
        : "Each event gets a new id and this account as its account; source, detail-type, detail, resources and time stay. An event that several targets refused is sent once.",
    ].join("\n"),
  );
}

export function renderRedriveResult(result: RedriveResult, account: string): string {
  const { redriven, undeleted, refused, uncertain, untouched, stopped } = result;
  return [
    ...redriven.map(
      ({ eventId, newEventId, bus }) =>
        `${colors.green("✓")} ${eventId} is on ${lastPart(bus)} as ${newEventId}, and deleted`,
    ),
    ...undeleted.map(
      ({ eventId, newEventId, bus, messageId, problem }) =>
        `${colors.red("!")} ${eventId} is on ${lastPart(bus)} as ${newEventId}, but message ${messageId} could not be deleted (${problem}): delete it by hand, another redrive would send it again`,
    ),
    ...refused.map(
      ({ eventId, bus, problem }) =>
        `${colors.red("✗")} ${eventId} was not accepted by ${lastPart(bus)}, and is still in the queue: ${problem}`,
    ),
    ...uncertain.map(
      ({ eventId, bus, problem }) =>
        `${colors.yellow("?")} ${eventId} may or may not be on ${lastPart(bus)}, and is still in the queue: ${problem}; look for it with \`backbone find --detail\` before you redrive again`,
    ),
    ...(untouched.length === 0
      ? []
      : [`${count(untouched.length, "letter was", "letters were")} not touched: run it again`]),
    ...(stopped === undefined ? [] : [`${colors.yellow("stopped:")} ${stopped}`]),
    `${redriven.length} sent and deleted, ${undeleted.length} sent but not deleted, ${refused.length} refused, ${uncertain.length} in doubt, ${untouched.length} not touched in the queue of ${account}.`,
  ].join("\n");
}

/** What `dead-letters --json` prints. */
export function lettersToJson({
  topology,
  account,
  letters,
  total,
  now,
}: LetterFacts): Readonly<Record<string, unknown>> {
  return {
    environment: topology.environment.name,
    account: account.account,
    queue: account.deadLetterQueue.arn,
    total,
    letters: letters.map(({ letter, destination }) => ({
      messageId: letter.messageId,
      ...(letter.sentAt === undefined
        ? {}
        : { ageSeconds: Math.round((now.getTime() - letter.sentAt.getTime()) / 1_000) }),
      errorCode: letter.errorCode,
      errorMessage: letter.errorMessage,
      rule: letter.ruleArn,
      target: letter.targetArn,
      eventId: letter.event?.id,
      source: letter.event?.source,
      detailType: letter.event?.detailType,
      ...(destination.kind === "bus"
        ? { goesTo: destination.bus }
        : { staysBecause: stayReasons[destination.reason] }),
    })),
  };
}

/** The name at the end of an ARN, which is what people know. */
function lastPart(arn: string | undefined): string {
  return arn?.split(/[/:]/).at(-1) ?? "?";
}
