import { parseArn } from "../arn.js";
import { compileIdentity, type Identity } from "../iam/identity.js";
import type { Evidence } from "../iam/verdict.js";
import { givingTo } from "../deliver/targets/index.js";
import type { Action, Check } from "../steps.js";
import { type CallerData, guardOf, resourceAt, type World } from "../world.js";
import { type Answer, answerOf, checkRole, checkService, inTurn, refused } from "./answer.js";
import { type KeyUse, logGroupUses } from "./key-uses.js";
import { askKey } from "./keys.js";
import {
  deliverLog,
  directPutEvents,
  type EventClaims,
  forwardedPutEvents,
  type SendingRule,
} from "./requests.js";
import { askRole, checkCall } from "./role-calls.js";
import { askTopic } from "./topics.js";

/** May somebody do something with something of a world? Things are named by their ARNs. */
export type Question =
  /** A role calling PutEvents. */
  | {
      readonly may: "put-events";
      readonly caller: CallerData;
      readonly bus: string;
      readonly claims: EventClaims;
    }
  /** A role doing something itself with a thing or another role, such as `sqs:ReceiveMessage`. */
  | {
      readonly may: "call";
      readonly caller: CallerData;
      readonly action: Action;
      readonly on: string;
      /** Encryption context of a call to KMS. */
      readonly context?: Readonly<Record<string, string>>;
    }
  /** Services using a key for a purpose; without a key of a customer they need nobody's permission. */
  | { readonly may: "encrypt"; readonly key: string | undefined; readonly uses: readonly KeyUse[] }
  /**
   * A rule outside the world sending on to a bus of the world, by an execution role of its own. Whoever owns its account owns
   * its trust policies, so those are not asked.
   */
  | {
      readonly may: "forward";
      readonly rule: string;
      readonly executionRole: CallerData;
      readonly bus: string;
      readonly claims: EventClaims;
    }
  /** The log service writing into a log group what a delivery source hands over. */
  | { readonly may: "deliver-log"; readonly source: string; readonly logGroup: string }
  /** A role handing an event to a target itself, as EventBridge does; so a dead letter goes back. Of a bus ask by `put-events`. */
  | { readonly may: "give"; readonly caller: CallerData; readonly to: string }
  /** A service publishing on a topic on behalf of a rule or an alarm. */
  | { readonly may: "publish"; readonly service: string; readonly source: string; readonly topic: string };

/**
 * Answers a question by all policies that have a say in it.
 * @throws Error if a caller is no role, as nobody can say what such a one may do
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function ask(world: World, question: Question, evidence: Evidence = "brief"): Answer {
  switch (question.may) {
    case "put-events": {
      const caller = identityOf(question.caller);
      return answerOf(
        [checkPublisher(world, caller, question.bus, question.claims, evidence)],
        "put-events-denied",
      );
    }
    case "call":
      return byRole(world, question, evidence);
    case "encrypt":
      return askKey(world, question.key, question.uses, evidence);
    case "forward": {
      const { executionRole, rule: arn, bus, claims } = question;
      const role = identityOf(executionRole);
      const guard = guardOf(world, bus, role.principal.account);
      const put = forwardedPutEvents(role, sourceOf(world, arn), guard, claims);
      return answerOf([checkRole("put-events", put, evidence)], "forward-denied");
    }
    case "deliver-log": {
      const { source, logGroup: arn } = question;
      const logGroup = world.logGroups.get(arn);
      if (logGroup === undefined) return refused("log-group-missing", arn);
      const checks = (["create-log-stream", "put-log-events"] as const).map((check) =>
        checkService(check, deliverLog(check, source, logGroup), logGroup.arn, evidence),
      );
      return inTurn(
        () => answerOf(checks, "log-group-denied"),
        () => askKey(world, logGroup.keyArn, logGroupUses(logGroup.arn), evidence),
      );
    }
    case "publish": {
      const { service, source, topic: arn } = question;
      const topic = world.topics.get(arn);
      return topic === undefined
        ? refused("topic-missing", arn)
        : askTopic(world, topic, { service, source }, evidence);
    }
    case "give": {
      const { caller, to } = question;
      const thing = resourceAt(world, to);
      const giving = givingTo(to);
      if (thing === undefined || giving === undefined) return refused("target-missing", to);
      const {
        actions: [action],
        keyUses,
      } = giving;
      return askRole(world, identityOf(caller), [action], thing, keyUses?.(to) ?? [], evidence);
    }
  }
}

/** As a role calls PutEvents, and nothing else happens. */
export function checkPublisher(
  world: World,
  caller: Identity,
  busArn: string,
  claims: EventClaims,
  evidence: Evidence,
): Check {
  const { account } = caller.principal;
  const bus = guardOf(world, busArn, account);
  return checkRole(
    "put-events",
    directPutEvents(caller, world.organizations.get(account), bus, claims),
    evidence,
  );
}

/** Of roles and keys the resource's own policy must always allow. */
function byRole(
  world: World,
  { caller, action, on, context = {} }: Extract<Question, { may: "call" }>,
  evidence: Evidence,
): Answer {
  const resource = resourceAt(world, on);
  if (resource === undefined) return refused("resource-missing", on);
  const resourceDecides = world.roles.has(on) || world.keys.has(on);
  const details = { context, resourceDecides };
  return answerOf(
    [checkCall(world, identityOf(caller), action, resource, evidence, details)],
    "access-denied",
  );
}

function identityOf(caller: CallerData): Identity {
  const identity = compileIdentity(caller);
  if (identity === undefined) throw new Error(`${caller.arn} is no role: nobody can say what it may do`);
  return identity;
}

function sourceOf(world: World, arn: string): SendingRule {
  const account = parseArn(arn)?.account;
  if (account === undefined) throw new Error(`${arn} is no ARN: nobody can say for whom it stands`);
  return { arn, account, organizationId: world.organizations.get(account) };
}
