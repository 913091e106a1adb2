import { type BusArn, type RoleArn, ruleArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument } from "../aws/policy-document.js";
import type { Flow } from "../registry/index.js";
import { divided, type PlannedRule } from "./rules.js";
import type { PlannedRoleSettings, Scope } from "./scope.js";

/** Carries one member's events from the global bus to its local bus. */
export interface PlannedForward extends PlannedRoleSettings {
  /** Who receives them. */
  readonly member: string;
  readonly roleName: string;
  readonly roleArn: RoleArn;
  readonly trustPolicy: PolicyDocument;
  readonly executionPolicy: PolicyDocument;
  /** The member's local bus. */
  readonly targetBus: BusArn;
  readonly targetId: string;
  /** One, or several where one pattern would grow over AWS's limit. */
  readonly rules: readonly PlannedRule[];
}

/**
 * Plans what carries a member's events from the global bus to its local bus: one role that may put to that
 * one bus and that only the member's rules can take on, and as many rules as the patterns need. The role trusts
 * every rule the member may come to have: the engine updates a role before the rules that use it, so a list that
 * shrinks with them would refuse what a rule still carries.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 */
export function planForward(scope: Scope, { from, to, events }: Flow): PlannedForward {
  const { environment } = scope;
  const place = scope.place(from);
  const targetBus = scope.bus(to);
  const bus = names.bus(environment.prefix, from);
  return {
    member: to,
    roleName: names.forwardRole(environment.prefix, to),
    roleArn: scope.forwardRole(to),
    ...scope.roleSettings(from),
    trustPolicy: policyDocument({
      Sid: "TrustForwardRules",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: { "aws:SourceAccount": place.accountId },
        ArnLike: {
          "aws:SourceArn": names.forwardRules(to).map((name) => ruleArn(place, bus, name)),
        },
      },
    }),
    executionPolicy: policyDocument({
      Sid: "PutEventsOnLocalBus",
      Effect: "Allow",
      Action: "events:PutEvents",
      Resource: targetBus,
    }),
    targetBus,
    targetId: `local-bus-${to}`,
    rules: divided(environment, events, (...numbers) => names.forwardRule(to, ...numbers)).map(
      (carried): PlannedRule => {
        const description = `Forwards to ${to} what the routes bring it`;
        return { ...carried, arn: ruleArn(place, bus, carried.name), description };
      },
    ),
  };
}
