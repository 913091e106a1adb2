/** Plain JSON, as it goes over the wire. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/**
 * An event pattern as this project writes it, in wire spelling. `detail` is a content filter in
 * EventBridge's pattern language, taken over from the registry as it stands.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export interface EventPattern {
  readonly account?: readonly JsonValue[];
  readonly source?: readonly JsonValue[];
  readonly "detail-type"?: readonly JsonValue[];
  readonly detail?: JsonObject;
  readonly "replay-name"?: readonly JsonValue[];
  readonly $or?: readonly EventPattern[];
}

/** Matches whatever a custom bus can receive: every event has a source, and the empty prefix is no wildcard. */
export const everyEvent: EventPattern = { source: [{ prefix: "" }] };

/** Everything but what a replay brings back; events of a replay, and no others, carry its name. */
export const everyEventButReplays: EventPattern = { "replay-name": [{ exists: false }] };
