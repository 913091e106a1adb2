import type { AwsError } from "../aws-error.js";

export const serviceNames = ["events", "sqs", "logs", "ssm", "sts", "sns"] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Who an access key id stands for. Nothing proves it: there are no secrets here. */
export interface Identity {
  /** Twelve digits. */
  readonly accountId: string;
  readonly arn: string;
}

/** A call as a service receives it, whatever protocol it came by. */
export interface Call {
  readonly service: ServiceName;
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: Identity;
  /** As it was signed for. */
  readonly region: string;
  /** Where the caller has found us, with the port: what URLs that are given to it start with. */
  readonly host: string;
  /** Raised when the caller has gone. */
  readonly signal: AbortSignal;
  /** The same for all attempts of one call of an SDK; undefined where the SDK does not say. */
  readonly invocationId: string | undefined;
}

export type Result = Readonly<Record<string, unknown>>;

/** `raw` and `cut` are what no service does by itself: something on the way answers, or the connection breaks. */
export type Answer = { readonly headers?: Readonly<Record<string, string>> } & (
  | {
      readonly kind: "result";
      readonly value: Result;
      /** Is called if the caller did not live to get it. */
      readonly onLost?: () => void;
    }
  | { readonly kind: "error"; readonly error: AwsError }
  | { readonly kind: "raw"; readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly kind: "cut" }
);

/** Answers calls; what it throws as an AwsError is the answer, too. */
export type Handler = (call: Call) => Promise<Answer>;
