import { createHash } from "node:crypto";
import { z } from "zod";
import { markedResources } from "../marks.js";
import type { Letter, LetterEvent } from "./letter.js";

/** What runs on this machine have done with the letters of a queue, as far as it matters for the next. */
export interface History {
  /**
   * By message id, and by {@link letterKey} of every rule that saw it: its destination took the event. The message is
   * deleted then, not sent. Of letters that may have several destinations by {@link legOf} each of these, and no other.
   */
  readonly accepted: ReadonlyMap<string, { readonly to: string; readonly acceptedAs: string }>;
  /** By the same: sent, and nothing says what became of it. */
  readonly doubtful: ReadonlyMap<string, { readonly at: string }>;
}

export const noHistory: History = { accepted: new Map(), doubtful: new Map() };

/**
 * The same for every letter that a rule has about an event, one for each of its targets: they may come to hand in
 * different runs, and putting the event back once gives it to all of them. A queue gets the same text again, so a letter
 * that comes back from there is told by its round.
 */
export function letterKey({
  ruleArn = "",
  body,
  redrives = 0,
}: Pick<Letter, "ruleArn" | "body"> & { readonly redrives?: number }): string {
  const round = redrives === 0 ? "" : `\n${redrives}`;
  return createHash("sha256").update(`${ruleArn}\n${body}${round}`).digest("hex");
}

/**
 * What is known from earlier runs of other letters that the rule has about the same event.
 * @param to one of several destinations
 */
export function knownByOthers<Fact>(
  facts: ReadonlyMap<string, Fact>,
  letter: Letter,
  to?: string,
): Fact | undefined {
  if (facts.size === 0) return undefined;
  const key = letterKey(letter);
  return facts.get(to === undefined ? key : legOf(key, to));
}

/** What stands for a letter's way to one of several destinations: that one has it says nothing of the others. */
export function legOf(id: string, to: string): string {
  return `${id} ${to}`;
}

/** One line of a journal. Never more of an event than its id: the journal outlives the letter. */
export type JournalRecord = z.infer<typeof journalRecord>;

const messageIds = z.array(z.string());
const letters = z.array(z.object({ messageId: z.string(), key: z.string() }));
/** Keys of the letters that other rules may have about the event: those rules see it too. */
const alsoSeen = z.array(z.string());

const journalRecord = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("began"), at: z.string(), queue: z.string(), account: z.string() }),
  z.object({
    kind: z.literal("sending"),
    at: z.string(),
    request: z.number(),
    /** ARN of what gets them, which the first journals knew to be a bus. */
    bus: z.string(),
    entries: z.array(z.object({ letters, alsoSeen, eventId: z.string() })),
  }),
  z.object({
    kind: z.literal("answered"),
    at: z.string(),
    request: z.number(),
    outcomes: z.array(
      z.object({
        kind: z.enum(["accepted", "refused", "unknown", "not-sent"]),
        /** What it is called where it went. */
        newEventId: z.string().optional(),
      }),
    ),
  }),
  z.object({ kind: z.literal("deleting"), at: z.string(), messageIds }),
  z.object({ kind: z.literal("deleted"), at: z.string(), messageIds, left: messageIds }),
]);

/**
 * Puts journals together, each the text of one run. Lines that cannot be read are passed over: one that was cut
 * short before a request was not followed by it, one after a request leaves that in doubt.
 */
export function historyOf(journals: readonly string[]): History {
  const accepted = new Map<string, { to: string; acceptedAs: string }>();
  const doubtful = new Map<string, { at: string }>();
  for (const journal of journals) {
    const records = journal.split("\n").flatMap(readRecord);
    const answers = new Map(
      records.flatMap((record) =>
        record.kind === "answered" ? [[record.request, record.outcomes] as const] : [],
      ),
    );
    for (const record of records) {
      if (record.kind !== "sending") continue;
      record.entries.forEach((entry, index) => {
        const { kind, newEventId } = answers.get(record.request)?.[index] ?? { kind: "unknown" };
        const own = entry.letters.flatMap(({ messageId, key }) => [messageId, key]);
        for (const id of [...own, ...entry.alsoSeen]) {
          if (kind === "accepted") accepted.set(id, { to: record.bus, acceptedAs: newEventId ?? "" });
          else if (kind === "unknown") doubtful.set(id, { at: record.at });
        }
      });
    }
  }
  return { accepted, doubtful };
}

function readRecord(line: string): JournalRecord[] {
  try {
    const { success, data } = journalRecord.safeParse(JSON.parse(line));
    return success ? [data] : [];
  } catch {
    return [];
  }
}

/**
 * The event as rules will see it once it is put back: a new id, the redriving account as its account, marked.
 * @param accountId of the redrive role
 */
export function asRedriven(
  event: LetterEvent,
  { accountId, region }: { readonly accountId: string; readonly region: string },
): string {
  const { source, detailType, time, detail } = event;
  const around = JSON.stringify({
    version: "0",
    id: "00000000-0000-0000-0000-000000000000",
    "detail-type": detailType,
    source,
    account: accountId,
    time,
    region,
    resources: markedResources(event),
  });
  // The detail's text as it stands: parsing and writing it again would round long numbers.
  return `${around.slice(0, -1)},"detail":${detail}}`;
}
