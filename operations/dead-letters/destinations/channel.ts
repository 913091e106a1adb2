import type { RequestSize } from "backbone-runtime";
import { type GiveAnswer, giveOnce } from "../../aws/give.js";
import type { AccountSession } from "../../aws/session.js";
import type { BusSight } from "../../rules.js";
import type { LetterEvent } from "../letter.js";

/** One event on its way back. */
export interface Gift {
  readonly event: LetterEvent;
  /** The whole event as text, as EventBridge gives it. */
  readonly body: string;
  /** Of the first letter that it is in. */
  readonly messageId: string;
  /** What chooses the shard of a stream, if not the event's id. */
  readonly partitionKey?: string | undefined;
}

/** How events are given to destinations of one kind: by the action that EventBridge uses itself. */
export interface Channel extends RequestSize<Gift> {
  /** Looks whether a destination is there; only where AWS would take an event for one that is not. */
  readonly see?: (arn: string) => Promise<BusSight>;
  /** @param gifts no more than a request takes; none is ever sent twice */
  readonly give: (arn: string, gifts: readonly Gift[]) => Promise<GiveAnswer>;
}

export type OpenChannel = (session: AccountSession) => Channel;

/**
 * For actions that give one event each.
 * @param give returns what the service calls it
 */
export function oneByOne(
  session: AccountSession,
  doing: string,
  give: (
    arn: string,
    gift: Gift,
    options: { readonly abortSignal: AbortSignal },
  ) => Promise<string | undefined>,
): Channel {
  return {
    most: 1,
    bytes: Number.POSITIVE_INFINITY,
    sizeOf: () => 0,
    give: (arn, gifts) =>
      giveOnce(session, `${doing} ${arn}`, gifts.length, (options) =>
        Promise.all(
          gifts.map(async (gift) => {
            const id = await give(arn, gift, options);
            return id === undefined ? undefined : { kind: "accepted", id };
          }),
        ),
      ),
  };
}

/** The name at the end of an ARN. */
export function nameIn(arn: string): string {
  return arn.slice(arn.search(/[^:/]+$/));
}

/** What says how often an event has been put back, where a message has attributes. */
export function nextRound({ event }: Gift): string {
  return String(event.rounds.count + 1);
}
