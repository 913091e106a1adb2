import { type QueueArn, queueArn, ruleArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import { oneOrAll, type PolicyDocument, policyDocument, type Statement } from "../aws/policy-document.js";
import type { Scope } from "./scope.js";

/** A queue for events that went nowhere else. */
export interface PlannedDeadLetterQueue {
  readonly name: string;
  readonly arn: QueueArn;
  readonly policy: PolicyDocument;
}

/**
 * Keeps events that a target refused. Every rule of the account's bus may use it, those that consumers add
 * later included; a list of rules would outgrow the queue policy. Of ours on other buses those that forward, and the one
 * that watches the routing.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function deadLetterQueue(scope: Scope, account: string): PlannedDeadLetterQueue {
  const { prefix, auditTrail } = scope.environment;
  const place = scope.place(account);
  const name = names.deadLetterQueue(prefix, account);
  const arn = queueArn(place, name);
  const rules = [
    ruleArn(place, names.bus(prefix, account), "*"),
    ...awsBusesOf(scope, account).map((bus) => ruleArn(place, bus, names.awsEventsRule(prefix, "*", 0))),
  ];
  const hasTrail = auditTrail !== undefined && account === scope.registry.backbone;
  return {
    name,
    arn,
    policy: policyDocument(
      {
        Sid: "AllowDeadLetters",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: arn,
        Condition: {
          ArnLike: {
            "aws:SourceArn": oneOrAll([
              ...(hasTrail ? [ruleArn(place, "default", names.routingChangeRule(prefix))] : []),
              ...rules,
            ]),
          },
        },
      },
      denyAllButServices(arn),
    ),
  };
}

/** Names of the buses, beside its own, from which an account forwards anything. */
function awsBusesOf({ flows }: Scope, account: string): string[] {
  const buses = flows.filter(({ from }) => from.account === account).map(({ from }) => from.name);
  return [...new Set(buses)].filter((name) => name !== undefined);
}

/**
 * Letters are put back on a bus, so whoever may write one may publish in another's name: the account's own people,
 * whose identity policies would be enough, may not.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
 */
function denyAllButServices(queue: string): Statement {
  return {
    Sid: "DenyAllButServices",
    Effect: "Deny",
    Principal: "*",
    Action: "sqs:SendMessage",
    Resource: queue,
    Condition: { Bool: { "aws:PrincipalIsAWSService": "false" } },
  };
}
