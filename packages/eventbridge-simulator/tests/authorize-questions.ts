import type { KeyFact } from "../src/iam/request.js";
import { type Verdict } from "../src/index.js";
import { readPolicy } from "../src/iam/policy.js";
import { type PolicyHome } from "../src/iam/policy-home.js";
import { authorizeRole, authorizeService, type ConsultedPolicy } from "../src/iam/authorize.js";

export const ours = "111111111111";
export const theirs = "222222222222";
export const busArn = `arn:aws:events:eu-west-1:${theirs}:event-bus/global`;
export const queueArn = `arn:aws:sqs:eu-west-1:${theirs}:letters`;
export const roleArn = `arn:aws:iam::${ours}:role/apps/publisher`;

/** A statement or a whole document, as an object; tests write only what matters. */
export type Written = Readonly<Record<string, unknown>>;

export function policyText(...statements: readonly Written[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export const allowPut: Written = { Effect: "Allow", Action: "events:PutEvents", Resource: busArn };
export const letEveryonePut: Written = { ...allowPut, Sid: "Everyone", Principal: "*" };

export function consulted(name: string, text: string, home: PolicyHome): ConsultedPolicy {
  return { name, reading: readPolicy(text, home) };
}

export interface RoleCase {
  readonly identity?: string | undefined;
  readonly bus?: string | undefined;
  readonly sameAccount?: boolean;
  readonly context?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly action?: string;
  readonly sessionArn?: string;
  readonly boundary?: string;
}

/** Asks whether the role `publisher` may put events on the bus `global`. */
export function askRole(question: RoleCase): Verdict {
  const { identity, bus, sameAccount = false, context = {}, action = "events:PutEvents" } = question;
  const account = sameAccount ? theirs : ours;
  return authorizeRole(
    {
      principal: {
        kind: "role",
        account,
        roleArn: roleArn.replace(ours, account),
        sessionArn: question.sessionArn,
      },
      action,
      resource: busArn,
      resourceAccount: theirs,
      circumstances: { known: contextOf(context), open: [] },
      identityPolicies:
        identity === undefined ? [] : [consulted("publisher", identity, { kind: "identity" })],
      resourcePolicies: bus === undefined ? [] : [consulted("global", bus, { kind: "bus", arn: busArn })],
      permissionsBoundary: question.boundary,
    },
    "full",
  );
}

/** Asks whether EventBridge may send a message to the queue, by the queue's policy. */
export function askQueue(policy: string | undefined, context: RoleCase["context"] = {}): Verdict {
  return authorizeService(
    {
      principal: { kind: "service", service: "events.amazonaws.com" },
      action: "sqs:SendMessage",
      resource: queueArn,
      circumstances: { known: contextOf(context), open: [] },
      resourcePolicies: policy === undefined ? [] : [consulted("letters", policy, { kind: "queue" })],
    },
    "full",
  );
}

/** Whether one condition lets an otherwise open identity policy allow. Keys not given are unknown, null is absent. */
export function holds(condition: Written, context: RoleCase["context"] = {}): Verdict["outcome"] {
  const statement = { ...allowPut, Condition: condition };
  return askRole({ sameAccount: true, identity: policyText(statement), context }).outcome;
}

function contextOf(context: NonNullable<RoleCase["context"]>): ReadonlyMap<string, KeyFact> {
  return new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), factOf(value)]));
}

function factOf(value: string | readonly string[] | null): KeyFact {
  if (value === null) return { kind: "absent" };
  return typeof value === "string" ? { kind: "one", value } : { kind: "many", values: value };
}
