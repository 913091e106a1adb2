import { AwsError } from "../aws-error.js";
import type { Call } from "../wire/call.js";
import type { Input } from "../wire/input.js";
import type { Actions } from "./actions.js";

/** An entry as it was sent; what is missing or wrong in it is for whoever takes it to say. */
export interface PutEventsEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  /** Seconds since 1970, with a fraction. */
  readonly Time?: number;
  readonly TraceHeader?: string;
}

export type PutEventsOutcome =
  { readonly eventId: string } | { readonly errorCode: string; readonly errorMessage: string };

/**
 * Puts events.
 * @returns one outcome for each entry, in their order
 * @throws AwsError if the request is refused as a whole, as AWS does when a single entry is denied
 */
export type PutEvents = (
  call: Call,
  entries: readonly PutEventsEntry[],
) => readonly PutEventsOutcome[] | Promise<readonly PutEventsOutcome[]>;

const mostEntries = 10;

export function putEventsActions(putEvents: PutEvents): Actions {
  return {
    PutEvents: async (input, call) => {
      const entries = input.items("Entries").map(entryOf);
      if (entries.length < 1 || entries.length > mostEntries) {
        const bound =
          entries.length < 1 ? "greater than or equal to 1" : `less than or equal to ${mostEntries}`;
        throw new AwsError(
          "ValidationException",
          `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
        );
      }
      const outcomes = await putEvents(call, entries);
      const answers = outcomes.map((outcome) =>
        "eventId" in outcome
          ? { EventId: outcome.eventId }
          : { ErrorCode: outcome.errorCode, ErrorMessage: outcome.errorMessage },
      );
      return {
        FailedEntryCount: answers.filter((one) => "ErrorCode" in one).length,
        Entries: answers,
      };
    },
  };
}

function entryOf(input: Input): PutEventsEntry {
  const texts = ["Source", "DetailType", "Detail", "EventBusName", "TraceHeader"] as const;
  const given = texts.flatMap((name) => {
    const value = input.optionalText(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const resources = input.texts("Resources");
  const time = input.optionalNumber("Time");
  return {
    ...Object.fromEntries(given),
    ...(resources.length === 0 ? {} : { Resources: resources }),
    ...(time === undefined ? {} : { Time: time }),
  };
}
