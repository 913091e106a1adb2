/** An event as EventBridge gives it to a target. */
export interface Envelope {
  readonly id: string;
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly time?: string;
  readonly account?: string;
  readonly region?: string;
  readonly resources?: readonly string[];
  /** Name of the replay that brought it. */
  readonly "replay-name"?: string;
}

/** What an event says of itself, in `detail.metadata`; everything may be missing, as not every publisher writes it. */
export interface Metadata {
  /** This fact: the same in every copy, however often it is sent. */
  readonly id: string;
  /** When it happened, in ISO 8601. */
  readonly time: string;
  /** W3C Trace Context. */
  readonly traceparent?: string;
  /** What it belongs to: the same from the first event to the last. */
  readonly correlationId?: string;
  /** The id of the event that led to this one. */
  readonly causedBy?: string;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isEnvelope(value: unknown): value is Envelope {
  return (
    isRecord(value) &&
    isText(value.id) &&
    isText(value.source) &&
    isText(value["detail-type"]) &&
    isRecord(value.detail) &&
    (value.resources === undefined || (Array.isArray(value.resources) && value.resources.every(isText)))
  );
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Keys of what came instead, for an error. */
export function keysOf(value: unknown): string {
  if (!isRecord(value))
    return Array.isArray(value) ? "it is a list" : `it is ${value === null ? "null" : typeof value}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? "it has no keys" : `its keys are ${keys.slice(0, 20).join(", ")}`;
}

/** Takes metadata and the contract's own fields apart: no contract describes `metadata`, and a closed schema would refuse it. */
export function apart({ metadata, ...own }: Envelope["detail"]): {
  readonly metadata: Partial<Metadata>;
  readonly own: Readonly<Record<string, unknown>>;
} {
  const said = isRecord(metadata) ? metadata : {};
  const text = (name: keyof Metadata) => (isText(said[name]) ? { [name]: said[name] } : {});
  return {
    own,
    metadata: {
      ...text("id"),
      ...text("time"),
      ...text("traceparent"),
      ...text("correlationId"),
      ...text("causedBy"),
    },
  };
}
