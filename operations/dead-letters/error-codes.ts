import type { LetterHead } from "./letter.js";
import type { LetterQueue } from "./letter-queues.js";

/** What an error code of a dead letter means, and what to do before its event is sent again. */
export interface ErrorCodeHelp {
  readonly meaning: string;
  readonly mend: string;
  /** Instead, if the target is no bus of the backbone. */
  readonly mendOwn?: string;
  /** Why such an event must not be sent again. */
  readonly never?: string;
}

/** Without `--refresh` the engine does not see what was changed by hand. */
const deploy = "run `npx backbone verify`, then `npx pulumi up --refresh` for the stacks of both accounts";
const wait = "nothing is wrong with the backbone: send it again when the target is well";

/**
 * The codes that EventBridge documents (it calls the list a sample), with what they mean in this backbone.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
const errorCodes = {
  CONNECTION_FAILURE: { meaning: "the target could not be reached", mend: wait },
  CROSS_ACCOUNT_INGESTION_FAILED: {
    meaning: "the bus of the other account did not take the event",
    mend: deploy,
  },
  CROSS_REGION_INGESTION_FAILED: {
    meaning: "the bus of another Region did not take the event",
    mend: "the backbone has no rule to another Region: look at the rule's target",
  },
  ERROR_FROM_TARGET: { meaning: "the target answered with an error", mend: "mend the target" },
  EVENTS_IN_BATCH_REQUEST_REJECTED: {
    meaning: "the target took a part of a batch only",
    mend: "mend what the target refuses",
  },
  FAILED_TO_ASSUME_ROLE: {
    meaning: "the rule could not take on its execution role",
    mend: "`npx pulumi up --refresh` for the stack of the rule's account: role and trust policy must be there",
  },
  INTERNAL_ERROR: { meaning: "EventBridge itself failed", mend: wait },
  INVALID_JSON: {
    meaning: "the target refused the text it was given",
    mend: "mend the rule's input transformer",
    never: "the target could not read what the rule makes of the event, and would not again",
  },
  INVALID_PARAMETER: {
    meaning: "the target refused a parameter of the request",
    mend: "mend the rule's target: a missing message group, a wrong partition key",
  },
  NO_PERMISSIONS: {
    meaning: "a policy refused the event: of the target, its role, its key or the bus",
    mend: deploy,
    mendOwn: "let the target's own policy, and its key's, admit EventBridge for this rule",
  },
  NO_RESOURCE: {
    meaning: "the target does not exist (any more)",
    mend: "`npx pulumi up --refresh` for the stack that owns the target, or remove the rule",
  },
  RESOURCE_ALREADY_EXISTS: {
    meaning: "the target was asked to create what exists already",
    mend: "the event has probably had its effect: look at the target, then discard the letter",
    never: "the target has already what the event would create",
  },
  RESOURCE_LIMIT_EXCEEDED: { meaning: "a quota of the target is used up", mend: "raise the target's quota" },
  RESOURCE_MODIFICATION_COLLISION: { meaning: "the target was being changed", mend: wait },
  SDK_CLIENT_ERROR: {
    meaning: "the request to the target could not be made",
    mend: "look at ERROR_MESSAGE and at the rule's target",
  },
  THIRD_ACCOUNT_HOP_DETECTED: {
    meaning: "the event had come from another bus already, and EventBridge forwards once only",
    mend: "remove the rule that forwards from a local bus; publish on the global bus instead",
    never: "its rule forwards from bus to bus, which the backbone does not",
  },
  THIRD_REGION_HOP_DETECTED: {
    meaning: "the event had crossed Regions already",
    mend: "remove the rule that forwards to another Region",
    never: "its rule forwards to another Region, which the backbone does not",
  },
  THROTTLING: {
    meaning: "the target was too busy until the retries ran out",
    mend: "raise the target's limits, then send again a few at a time (--limit)",
  },
  TIMEOUT: { meaning: "the target did not answer in time until the retries ran out", mend: wait },
  TRANSIENT_ASSUME_ROLE: {
    meaning: "the execution role could not be taken on for the moment",
    mend: wait,
  },
  UNKNOWN: { meaning: "EventBridge does not say what went wrong", mend: "look at ERROR_MESSAGE" },
} as const satisfies Readonly<Record<string, ErrorCodeHelp>>;

/** What a letter is called that SQS has moved because its consumer never finished with it, and that says nothing itself. */
const receivesExhausted = "RECEIVES_EXHAUSTED";

/** Codes of letters that consumers gave up: one of ours, and those that backbone-runtime writes. */
const consumerCodes = {
  [receivesExhausted]: {
    meaning: "its consumer took it as often as the queue allows, and never finished with it",
    mend: "look at the consumer's log, and mend its code or what it needs",
  },
  INVALID_DETAIL: {
    meaning: "its detail breaks the contract that the consumer was built with",
    mend: "deploy the consumer with the contract as it is now; if the event is wrong, let its owner publish it again",
  },
  NOT_AN_EVENT: { meaning: "the message is no event", mend: "find out who writes into the queue" },
  REJECTED: {
    meaning: "the consumer's code rejected it as something that no retry will help",
    mend: "look at ERROR_MESSAGE, and mend the code if it should have taken it",
  },
  UNKNOWN_CONTRACT: {
    meaning: "the consumer has no handler for its contract",
    mend: "give the consumer a handler for it, or let the subscription ask for less",
  },
} as const satisfies Readonly<Record<string, ErrorCodeHelp>>;

/** Why a letter is one, in a word. */
export function errorOf(
  { errorCode }: Pick<LetterHead, "errorCode">,
  { kind }: LetterQueue,
): string | undefined {
  return errorCode ?? (kind === "given-up" ? receivesExhausted : undefined);
}

const undocumented: ErrorCodeHelp = {
  meaning: "not a code that AWS documents",
  mend: "look at ERROR_MESSAGE",
};

export function helpFor(code: string | undefined): ErrorCodeHelp {
  const known: Readonly<Record<string, ErrorCodeHelp>> = { ...errorCodes, ...consumerCodes };
  return Object.hasOwn(known, code ?? "") ? (known[code ?? ""] ?? undocumented) : undocumented;
}

/** @returns why events with this code must not be sent again; undefined if they may be */
export function neverRedriven(code: string | undefined): string | undefined {
  const { never } = helpFor(code);
  return never === undefined ? undefined : `${code ?? ""}: ${never}`;
}
