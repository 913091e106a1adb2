import { type PutEventsEntry, type Reason, renderReason } from "eventbridge-simulator";

/** What EventBridge answers to one entry. */
export type EntryAnswer =
  { readonly eventId: string } | { readonly errorCode: string; readonly errorMessage: string };

/** What EventBridge answers to a call: to each entry, or the error that the whole call is refused with. */
export type PutAnswer =
  | { readonly ok: true; readonly entries: readonly EntryAnswer[] }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** The error that refuses a whole call, if the reason does so: AWS does not say which statement it was. */
export function refusedCall(
  reason: Reason | undefined,
  subject: string | undefined,
  principal: string,
  bus: string,
): Extract<PutAnswer, { readonly ok: false }> | undefined {
  switch (reason) {
    case "put-events-denied":
    case "check-undecided":
    case "caller-not-a-role":
      return {
        ok: false,
        code: "AccessDeniedException",
        message: `User: ${principal} is not authorized to perform: events:PutEvents on resource: ${bus}`,
      };
    case "request-entries":
    case "request-size":
      return { ok: false, code: "ValidationException", message: renderReason(reason, subject) };
    default:
      return undefined;
  }
}

const codes: Partial<Record<Reason, string>> = {
  "entry-detail": "MalformedDetail",
  "entry-source-reserved": "NotAuthorizedForSourceException",
};

/** Where AWS's own words are known. */
const messages: Partial<Record<Reason, string>> = {
  "entry-source-reserved": "Not authorized for the source.",
};

export function refusedEntry(reason: Reason = "check-undecided", subject?: string): EntryAnswer {
  return {
    errorCode: codes[reason] ?? "InvalidArgument",
    errorMessage: messages[reason] ?? renderReason(reason, subject),
  };
}

/** As contracts are called: an event of none is called by what it says. */
export function nameOfEntry({ Source = "", DetailType = "" }: PutEventsEntry): string {
  return `${Source}/${DetailType}`;
}
