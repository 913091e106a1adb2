import { type BusArn, type RoleArn, ruleArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument } from "../aws/policy-document.js";
import type { Flow } from "../registry/index.js";
import { divided, type PlannedRule } from "./rules.js";
import type { PlannedRoleSettings, Scope } from "./scope.js";

/** Carries events from a bus to one member's local bus. */
export interface PlannedForward extends PlannedRoleSettings {
  /** Tells the forwards of one account apart: `orders`, or `orders.default` from the default bus. */
  readonly key: string;
  /** Who receives them. */
  readonly member: string;
  readonly roleName: string;
  readonly roleArn: RoleArn;
  readonly trustPolicy: PolicyDocument;
  readonly executionPolicy: PolicyDocument;
  /** Name of the bus that its rules are on, if it is not the account's own: `default`, or a partner's. */
  readonly busName?: string;
  /** The member's local bus. */
  readonly targetBus: BusArn;
  readonly targetId: string;
  /** One, or several where one pattern would grow over AWS's limit. */
  readonly rules: readonly PlannedRule[];
}

/**
 * Plans what carries a member's events from a bus to its local bus: one role that may put to that
 * one bus and that only the member's rules can take on, and as many rules as the patterns need. The role trusts
 * every rule the member may come to have: the engine updates a role before the rules that use it, so a list that
 * shrinks with them would refuse what a rule still carries.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 */
export function planForward(scope: Scope, { from, to, events }: Flow): PlannedForward {
  const { environment } = scope;
  const { prefix } = environment;
  const place = scope.place(from.account);
  const targetBus = scope.bus(to);
  const bus = scope.busName(from);
  const key = names.forward(to, from.name);
  const ruleName = (part: number | "*", second?: number) =>
    from.name === undefined ? names.forwardRule(key, part, second) : names.awsEventsRule(prefix, key, part);
  return {
    key,
    member: to,
    roleName: names.forwardRole(prefix, key),
    roleArn: scope.forwardRole({ from, to }),
    ...scope.roleSettings(from.account),
    trustPolicy: policyDocument({
      Sid: "TrustForwardRules",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: { "aws:SourceAccount": place.accountId },
        ArnLike: {
          "aws:SourceArn": [ruleName(0), ruleName("*")].map((name) => ruleArn(place, bus, name)),
        },
      },
    }),
    executionPolicy: policyDocument({
      Sid: "PutEventsOnLocalBus",
      Effect: "Allow",
      Action: "events:PutEvents",
      Resource: targetBus,
    }),
    ...(from.name === undefined ? {} : { busName: from.name }),
    targetBus,
    targetId: `local-bus-${to}`,
    rules: divided(environment, events, ruleName).map((carried): PlannedRule => {
      const description = `Forwards to ${to} what the routes bring it`;
      return { ...carried, arn: ruleArn(place, bus, carried.name), description };
    }),
  };
}
