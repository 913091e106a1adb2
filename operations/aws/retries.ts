import type { EventBridgeClientConfig } from "@aws-sdk/client-eventbridge";
import { isCorrectedClock, isThrottledByAws, statusOf } from "./failure.js";

/** The SDK's current interface for retries; it calls this after each failed attempt. */
export type RetryStrategy = Extract<
  NonNullable<EventBridgeClientConfig["retryStrategy"]>,
  { refreshRetryTokenForRetry: unknown }
>;
type RetryToken = Awaited<ReturnType<RetryStrategy["acquireInitialRetryToken"]>>;

export interface Retries {
  /**
   * Whether a request may be made again although the first may have been carried out: its answer was lost, or AWS
   * answered with an error of its own. False for requests that must not be carried out twice.
   */
  readonly repeatable: boolean;
  /** Milliseconds before the first retry; doubled with each. */
  readonly baseDelay: number;
}

const maxRetries = 7;
const longestDelay = 20_000;

/**
 * Plugged into the SDK's clients. Being throttled by AWS's own word is always retried, as such a request was not
 * carried out; what a gateway calls too many requests may have been.
 */
export function retryStrategy({ repeatable, baseDelay }: Retries): RetryStrategy {
  return {
    acquireInitialRetryToken: () => Promise.resolve(tokenOf(0, 0)),
    refreshRetryTokenForRetry: (token, { error, errorType }) => {
      const count = token.getRetryCount();
      const mayRetry =
        isThrottledByAws(error) ||
        isCorrectedClock(error) ||
        (repeatable && (errorType !== "CLIENT_ERROR" || isUnreadable(error)));
      if (!mayRetry || count >= maxRetries) return Promise.reject(new Error("no retry"));
      const delay = Math.min(longestDelay, baseDelay * 2 ** count) * (0.5 + Math.random() / 2);
      return Promise.resolve(tokenOf(count + 1, delay));
    },
    recordSuccess: () => undefined,
  };
}

function tokenOf(count: number, delay: number): RetryToken {
  return { getRetryCount: () => count, getRetryDelay: () => delay };
}

/** An answer cut short or garbled on its way, or the time-out of something in between. */
function isUnreadable(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  return status === 408 || (status >= 200 && status < 300);
}
