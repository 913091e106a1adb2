import { z } from "zod";
import { entry, eventsMend, expected, filterField, flag, oneOrMany, type Readers, text } from "../entries.js";
import type {
  MadeFunctionDefinition,
  MadeQueueDefinition,
  RetryDefinition,
  SubscriptionDefinition,
  TargetKinds,
} from "./definition.js";

/** What one subscription may hold. */
export const subscription = entry({
  events: oneOrMany("text or a list", `${eventsMend}, or a list of them`),
  filter: filterField,
  allowUndeclared: flag(
    "write true to filter on fields that an open schema does not declare, or leave it out",
  ).default(false),
  to: z.record(z.string(), z.unknown(), {
    error: expected(
      "one thing that gets the events",
      'write { queue: {} } for a queue that is made here, or one of the account by name: { queue: { name: "…" } }',
    ),
  }),
  retry: z
    .record(z.string(), z.unknown(), {
      error: expected("an object", "write { maximumEventAgeInSeconds: 3600 }, or leave it out"),
    })
    .optional(),
  answers: oneOrMany(
    "a contract's key or a list",
    'name what the code publishes in answer, such as "delivery/Delivery.Updated", or leave it out',
  ).optional(),
} satisfies Readers<SubscriptionDefinition>);

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html */
export const retry = entry({
  maximumEventAgeInSeconds: within(60, 86_400, "seconds", "of EventBridge's trying").optional(),
  maximumRetryAttempts: within(0, 185, "attempts", "that follow the first").optional(),
} satisfies Readers<RetryDefinition>);

function within(least: number, most: number, unit: string, what: string): z.ZodType<number> {
  const mend = `write ${least} to ${most} ${unit} ${what}, or leave it out`;
  return z
    .int({ error: expected("a whole number", mend) })
    .refine((value) => value >= least && value <= most, {
      error: ({ input }) => `${String(input)} is not within ${least} and ${most}; ${mend}`,
    });
}

/** Names as each service takes them: its API reference. */
const nameOf = (what: string, characters: RegExp) =>
  text(`give the name of the ${what}, which is in the account of the service`).regex(characters, {
    error: ({ input }) =>
      `${JSON.stringify(input)} is no name of a ${what}; write the name alone, not its ARN`,
  });

const fifoMend = "its events would all be one group; name a standard one";
const standard = (what: string) =>
  nameOf(what, /^[\w-]{1,80}(?:\.fifo)?$/).refine((name) => !name.endsWith(".fifo"), {
    error: ({ input }) =>
      `${JSON.stringify(input)} is a FIFO ${what}, which EventBridge gives one message group: ${fifoMend}`,
  });

const key = text("give the ARN of the customer key, or leave it out")
  .regex(/^arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, {
    error: ({ input }) =>
      `${JSON.stringify(input)} is no key's ARN; write one such as "arn:aws:kms:eu-west-1:222222222222:key/…": an alias cannot stand in a policy`,
  })
  .optional();

type Distribute<Kind> = Kind extends unknown ? Readers<Kind> : never;

/** How people call each kind. */
export const targetWords = {
  queue: "queue",
  function: "function",
  stateMachine: "state machine",
  stream: "stream",
  topic: "topic",
  firehose: "delivery stream",
} as const satisfies Record<keyof TargetKinds, string>;

export const namedTargets = {
  queue: entry({ name: standard(targetWords.queue), key } satisfies Distribute<
    Exclude<TargetKinds["queue"], MadeQueueDefinition>
  >),
  function: entry({ name: nameOf(targetWords.function, /^[\w-]{1,64}$/) } satisfies Distribute<
    Exclude<TargetKinds["function"], MadeFunctionDefinition>
  >),
  stateMachine: entry({
    name: nameOf(targetWords.stateMachine, /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u),
  } satisfies Readers<TargetKinds["stateMachine"]>),
  stream: entry({
    name: nameOf(targetWords.stream, /^[\w.-]{1,128}$/),
    partitionKeyPath: text('give a path into the event, such as "$.detail.orderId", or leave it out')
      .regex(/^\$(?:\.[\w-]+)+$/, {
        error: ({ input }) =>
          `${JSON.stringify(input)} is no path into the event; write one such as "$.detail.orderId"`,
      })
      .optional(),
  } satisfies Readers<TargetKinds["stream"]>),
  topic: entry({ name: standard(targetWords.topic), key } satisfies Readers<TargetKinds["topic"]>),
  firehose: entry({ name: nameOf(targetWords.firehose, /^[\w.-]{1,64}$/) } satisfies Readers<
    TargetKinds["firehose"]
  >),
} as const;

const visibility = within(1, 43_200, "seconds", "that a message is hidden from others");
const receives = within(1, 1_000, "receives", "before a message becomes a letter").default(5);

/** What is made here has no name of the user's. */
type Made<Definition> = Readers<Omit<Definition, "name">>;

/** What a queue gives its consumer; the most that SQS takes. */
export const madeQueue = entry({
  visibilityTimeoutSeconds: visibility.default(60),
  maxReceiveCount: receives,
} satisfies Made<MadeQueueDefinition>);

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const madeFunction = entry({
  handler: text(
    'give the path of the file that exports "handler", such as "services/delivery/start-delivery.ts"',
  ).regex(/^(?:(?!\.{1,2}\/)[\w.-]+\/)*[\w.-]+\.[cm]?[jt]s$/, {
    error: ({ input }) =>
      `${JSON.stringify(input)} is no path of a TypeScript file; write it from the folder of Pulumi.yaml, such as "services/delivery/start-delivery.ts"`,
  }),
  timeoutSeconds: within(1, 900, "seconds", "that one call may take").default(30),
  memoryMegabytes: within(128, 10_240, "megabytes", "of memory").default(256),
  batchSize: within(1, 10, "messages", "that one call gets").default(10),
  maximumConcurrency: within(2, 1_000, "calls", "at the same time").optional(),
  maxReceiveCount: receives,
  once: flag("write true for a table of what has been done, or leave it out").default(false),
} satisfies Made<MadeFunctionDefinition>);
