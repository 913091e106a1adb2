import { type LogGroupArn, logGroupArn, ruleArn } from "../aws/arn.js";
import { type EventPattern, everyEvent } from "../aws/event-pattern.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument } from "../aws/policy-document.js";
import { type Contract, sensitiveContracts } from "../registry/index.js";
import { type RuleState, stateFor } from "./rules.js";
import type { Scope } from "./scope.js";
import { envelopeTransformer, type PlannedInputTransformer, sensitivePatterns } from "./sensitive.js";

/** Everything the bus receives, kept in a log group of the same account. */
export interface PlannedEventLog {
  readonly logGroupName: string;
  readonly logGroupArn: LogGroupArn;
  /** Days. */
  readonly retentionDays: number;
  readonly ruleName: string;
  readonly eventPattern: EventPattern;
  /** Of both rules: what a rule must ask for to be given it, it must ask for wherever the event comes by. */
  readonly state: RuleState;
  readonly targetId: string;
  /** A second rule for what is sensitive, which the first leaves out. */
  readonly sensitive?: PlannedSensitiveLog;
  readonly policy: PolicyDocument;
}

/** Writes the envelopes of sensitive contracts' events to the same log group. */
export interface PlannedSensitiveLog {
  readonly ruleName: string;
  readonly eventPattern: EventPattern;
  readonly targetId: string;
  readonly inputTransformer: PlannedInputTransformer;
}

/** Names of the rules that write the log. */
export function logRulesOf({ ruleName, sensitive }: PlannedEventLog): string[] {
  return [ruleName, ...(sensitive === undefined ? [] : [sensitive.ruleName])];
}

/** Name of the rule that logs the events of a contract. */
export function logRuleFor(
  { ruleName, sensitive }: PlannedEventLog,
  contract: Pick<Contract, "sensitive"> | undefined,
): string {
  return contract?.sensitive === true ? (sensitive?.ruleName ?? ruleName) : ruleName;
}

/**
 * The log of everything a bus receives. The policy is the log group's own: an account has only ten
 * account-level ones per Region. CreateLogStream is called without `aws:SourceArn`, so only PutLogEvents can
 * be limited to the rules.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export function eventLog(scope: Scope, account: string): PlannedEventLog {
  const { prefix, logRetentionDays } = scope.environment;
  const place = scope.place(account);
  const bus = names.bus(prefix, account);
  const logGroupName = names.logGroup(prefix, account);
  const arn = logGroupArn(place, logGroupName);
  const ruleName = names.logRule();
  const contracts = sensitiveContracts(scope.registry);
  const patterns = contracts.length === 0 ? undefined : sensitivePatterns(contracts);
  const sensitive = patterns && {
    ruleName: names.sensitiveLogRule(),
    eventPattern: patterns.only,
    targetId: "sensitive-event-log",
    inputTransformer: envelopeTransformer,
  };
  const ownArn = ruleArn(place, bus, ruleName);
  const ruleArns = sensitive === undefined ? ownArn : [ownArn, ruleArn(place, bus, sensitive.ruleName)];
  const services = { Service: ["delivery.logs.amazonaws.com", "events.amazonaws.com"] };
  return {
    logGroupName,
    logGroupArn: arn,
    retentionDays: logRetentionDays,
    ruleName,
    eventPattern: patterns?.others ?? everyEvent,
    state: stateFor(scope.flows.filter(({ to }) => to === account).flatMap(({ events }) => events)),
    targetId: "event-log",
    ...(sensitive === undefined ? {} : { sensitive }),
    policy: policyDocument(
      {
        Sid: "AllowLogStreams",
        Effect: "Allow",
        Principal: services,
        Action: "logs:CreateLogStream",
        Resource: `${arn}:*`,
      },
      {
        Sid: "AllowLogEvents",
        Effect: "Allow",
        Principal: services,
        Action: "logs:PutLogEvents",
        Resource: `${arn}:*:*`,
        Condition: { ArnEquals: { "aws:SourceArn": ruleArns } },
      },
    ),
  };
}
