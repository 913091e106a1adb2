import type { Scope } from "./scope.js";
import { madeQueues } from "./subscription-queue.js";
import { anyWithinAnHour, depthOf, period, type Trouble } from "./trouble.js";

/** Seconds: whoever reads a queue is an hour behind. */
const late = 3_600;

/** What a consumer gives up, and does not come to. A handler's own errors are no failure of EventBridge's. */
export function consumerTroubles(scope: Scope, account: string): Trouble[] {
  return madeQueues(scope, account).flatMap(
    ({ subscription, name: queue, lettersName: letters }): Trouble[] => [
      {
        subject: subscription.replace("/", "--"),
        trouble: "given-up",
        about: `queue ${letters}`,
        says: `the consumer of ${subscription} has given up on events: it failed on each again and again, or rejected it. They wait in this queue, and are gone fourteen days after they came. OK means that it is empty.`,
        command: `dead-letters ${account} --queue ${subscription}`,
        tells: true,
        queries: depthOf(letters, period, "Maximum", true),
        above: { comparisonOperator: "GreaterThanThreshold", threshold: 0 },
        ...anyWithinAnHour,
      },
      {
        subject: subscription.replace("/", "--"),
        trouble: "late",
        about: `queue ${queue}`,
        says: `the oldest event for ${subscription} has waited for an hour: its consumer does not run, does not keep up, or fails on it.`,
        command: `dead-letters ${account} --queue ${subscription}`,
        tells: true,
        queries: [
          {
            id: "age",
            returnData: true,
            metric: {
              namespace: "AWS/SQS",
              metricName: "ApproximateAgeOfOldestMessage",
              dimensions: { QueueName: queue },
              stat: "Maximum",
              period,
            },
          },
        ],
        above: { comparisonOperator: "GreaterThanThreshold", threshold: late },
        evaluationPeriods: 3,
        datapointsToAlarm: 3,
      },
    ],
  );
}
