import { one, settled } from "../iam/request.js";
import type { Evidence } from "../iam/verdict.js";
import type { World } from "../world.js";
import { checkService } from "./ask.js";
import { logGroupUses } from "./key-uses.js";
import { askKey, type KeyAnswer } from "./keys.js";
import { serviceFacts } from "./requests.js";

const deliveryService = { kind: "service", service: "delivery.logs.amazonaws.com" } as const;

/**
 * Asks whether the log service may write what a delivery source hands over into a log group: the log group's
 * policies, and the policy of the key that it may be encrypted with.
 * @param source ARN of the delivery source
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-vended-logs-permissions-V2.html
 */
export function checkLogDelivery(
  world: World,
  source: string,
  logGroupArn: string,
  evidence: Evidence,
): KeyAnswer {
  const logGroup = world.logGroups.get(logGroupArn);
  if (logGroup === undefined) return { outcome: "denied", reason: "log-group-missing", checks: [] };
  const circumstances = settled(
    new Map([
      ...serviceFacts(deliveryService, logGroup),
      ["aws:sourcearn", one(source)],
      ["aws:sourceaccount", one(source.split(":")[4] ?? "")],
    ]),
  );
  const checks = (["create-log-stream", "put-log-events"] as const).map((check) =>
    checkService(
      check,
      {
        principal: deliveryService,
        action: check === "create-log-stream" ? "logs:CreateLogStream" : "logs:PutLogEvents",
        resource: `${logGroup.arn}:log-stream:a-stream-named-by-aws`,
        circumstances,
        resourcePolicies: logGroup.policies,
      },
      logGroup.arn,
      evidence,
    ),
  );
  const outcomes = checks.map(({ verdict }) => verdict.outcome);
  if (outcomes.includes("denied")) return { outcome: "denied", reason: "log-group-denied", checks };
  if (outcomes.includes("cannot-decide")) return { outcome: "undecided", reason: "check-undecided", checks };
  const key = askKey(world, logGroup.keyArn, logGroupUses(logGroup.arn), evidence);
  return { ...key, checks: [...checks, ...key.checks] };
}
