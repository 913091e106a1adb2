import colors from "picocolors";
import { groupBy } from "../../../infra/registry/index.js";
import { isBus } from "../../../operations/dead-letters/destinations/index.js";
import {
  destinationsOf,
  type GoingLetter,
  type StayingLetter,
} from "../../../operations/dead-letters/fate.js";
import type { LetterHead } from "../../../operations/dead-letters/letter.js";
import type { LetterQueue } from "../../../operations/dead-letters/letter-queues.js";
import { stayReasons } from "../../../operations/dead-letters/stay-reasons.js";
import { count, indent } from "../../../views/table.js";
import { backboneCommand, type CommandContext, findCommand } from "../../terminal/command-line.js";
import { printable } from "../../terminal/printable.js";
import { lastPart, type LetterFacts } from "./facts.js";

/** The command for one of an account's queues. */
export function lettersCommand(
  account: string,
  { kind, as }: LetterQueue,
  args: readonly string[],
  context: CommandContext,
): string {
  const queue = kind === "dead-letters" ? [] : ["--queue", as];
  return backboneCommand(["dead-letters", account, ...queue, ...args], context);
}

/** Where letters go and why others stay, with what is right to do with those. */
export function renderFates(facts: LetterFacts, all: boolean): string {
  const { letters } = facts;
  const groups = groupBy(
    letters.flatMap(({ letter: { digest }, fate }) =>
      fate.kind === "goes" ? destinationsOf(fate).map(({ to }) => ({ digest, fate, to })) : [],
    ),
    ({ to }) => to,
  );
  const going = groups.map((group) => {
    const events = new Set(group.map(({ digest }) => digest)).size;
    const also = agreed(group.map(({ fate }) => fate));
    return `${count(events, "event")} in ${count(group.length, "letter")} to ${lastPart(group[0].to)}${also}`;
  });
  const sent = letters.filter(({ fate }) => fate.kind === "sent").length;
  const staying = groupBy(
    letters.flatMap(({ letter, fate }) => (fate.kind === "stays" ? [{ letter, ...fate }] : [])),
    ({ reason }) => reason,
  ).map((group) => renderStaying(group, facts, all));
  return [
    ...going,
    ...(sent === 0
      ? []
      : [`${count(sent, "letter")} of an earlier run, whose events have arrived already: only deleted`]),
    ...staying,
    ...(going.length === 0
      ? ["nothing can be sent"]
      : whatChanges(
          facts,
          groups.map(([{ to }]) => to),
          groups.some((group) => group.some(({ fate }) => fate.direct !== undefined)),
        )),
  ].join("\n");
}

type Staying = StayingLetter & { readonly letter: LetterHead };

function renderStaying(group: readonly [Staying, ...Staying[]], facts: LetterFacts, all: boolean): string {
  const [{ reason }] = group;
  // Each has an answer of its own: one command for all of them would throw away what nobody has.
  if (reason === "in-doubt") return renderDoubts(group, facts, all);
  const { account, queue, context } = facts;
  const { because, then } = stayReasons[reason];
  const discard = ["--reason", reason, "--discard", "--to", `${account.account}-${reason}.jsonl`];
  return [
    staysBecause(group, because),
    ...few(group.flatMap(({ detail }) => (detail === undefined ? [] : [printable(detail)]))),
    indent(`then: ${then === "discard" ? "discard it" : then}`),
    ...(then.includes("discard") ? [indent(lettersCommand(account.account, queue, discard, context))] : []),
  ].join("\n");
}

function staysBecause(group: readonly Staying[], because: string): string {
  return `${colors.yellow(`${count(group.length, "letter")} ${group.length === 1 ? "stays" : "stay"}:`)} ${because}`;
}

/** For each letter: how to look for its event, and what to do then. */
function renderDoubts(
  group: readonly Staying[],
  { account, queue, context }: LetterFacts,
  all: boolean,
): string {
  const own = ({ messageId }: LetterHead, ...args: readonly string[]) =>
    lettersCommand(account.account, queue, ["--id", messageId, ...args], context);
  const shown = all ? group : group.slice(0, 3);
  const more = group.length - shown.length;
  return [
    staysBecause(group, stayReasons["in-doubt"].because),
    ...shown.flatMap(({ letter, detail = "", again }) => [
      indent(`${printable(letter.event?.id ?? letter.messageId)}, ${printable(detail)}; look for it:`),
      ...(again?.kind === "goes" && !isBus(again.to)
        ? destinationsOf(again).map(({ to }) => indent(indent(whoKnows(to))))
        : letter.event === undefined
          ? []
          : [
              indent(
                indent(
                  findCommand({ firstId: letter.event.rounds.firstId, time: letter.event.time }, context),
                ),
              ),
            ]),
      indent(indent(`there:     ${own(letter, "--discard", "--to", `${account.account}-in-doubt.jsonl`)}`)),
      indent(indent(`not there: ${own(letter, "--redrive", "--again")}`)),
    ]),
    ...(more === 0 ? [] : [indent(`… and ${more} more (--all shows them)`)]),
  ].join("\n");
}

/** The bus had the event long before, so that its logs show it says nothing. */
export function whoKnows(to: string): string {
  return `no log of the backbone can show it: whoever takes from ${printable(lastPart(to))} knows`;
}

/** The first of several lines, and how many more there are. */
function few(lines: readonly string[]): string[] {
  const different = [...new Set(lines)];
  const more = different.length > 3 ? [`… and ${different.length - 3} more`] : [];
  return [...different.slice(0, 3), ...more].map(indent);
}

function agreed(fates: readonly GoingLetter[]): string {
  const also = [...new Set(fates.flatMap((fate) => fate.also))];
  const without = [...new Set(fates.flatMap(({ direct }) => direct?.without ?? []))];
  return [
    ...(also.length === 0 ? [] : [`, where ${printable(also.join(", "))} will see them too, as agreed`]),
    ...(without.length === 0 ? [] : [`; ${printable(without.join(", "))} will go without, as agreed`]),
  ].join("");
}

function whatChanges(
  { account: { kind } }: LetterFacts,
  destinations: readonly string[],
  isOfAws: boolean,
): string[] {
  const targets =
    kind === "member" ? " Every target of a letter's rule gets the event, also one that had it." : "";
  return [
    ...(destinations.some(isBus)
      ? [
          `Nothing is put on a bus before the redrive role has seen it. Each event gets a new id, the account of the redrive role as its account, and a mark of its first id in resources; source, detail-type, detail and time stay. An event in several letters is sent once.${targets}`,
        ]
      : []),
    ...(destinations.every(isBus)
      ? []
      : [
          "The target of a subscription gets the event as it was, id and time included, and nobody else sees it; a queue or a topic gets it with the attribute backbone-redrive. An event in several letters is sent once.",
        ]),
    ...(isOfAws
      ? [
          "EventBridge takes events of AWS from AWS alone, so these go past the bus that lacks them, by the redrive role of its account: its log and archive never have them. A letter is deleted when every subscription that takes its event has it.",
        ]
      : []),
  ];
}
