import { parseArn } from "../arn.js";
import { compileIdentity, type Identity } from "../iam/identity.js";
import { encryptionContextKey, type KeyFact, one, settled } from "../iam/request.js";
import type { Evidence } from "../iam/verdict.js";
import type { Check } from "../steps.js";
import { type CallerData, guardOf, type World } from "../world.js";
import { type Answer, answerOf, checkRole, checkService, inTurn, refused } from "./answer.js";
import { type KeyUse, logGroupUses, topicUses } from "./key-uses.js";
import { askKey } from "./keys.js";
import {
  callerFacts,
  deliverLog,
  directPutEvents,
  type EventClaims,
  forwardedPutEvents,
  publishOn,
  type SendingRule,
} from "./requests.js";

/** May somebody do something with something of a world? Things are named by their ARNs. */
export type Question =
  /** A role calling PutEvents. */
  | {
      readonly may: "put-events";
      readonly caller: CallerData;
      readonly bus: string;
      readonly claims: EventClaims;
    }
  /** A role doing something itself with a bus, a queue, a key or another role, such as `sqs:ReceiveMessage`. */
  | {
      readonly may: "call";
      readonly caller: CallerData;
      readonly action: `${string}:${string}`;
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
      if (topic === undefined) return refused("topic-missing", arn);
      const check = checkService("publish", publishOn(topic, service, source), topic.arn, evidence);
      return inTurn(
        () => answerOf([check], "topic-denied"),
        () => askKey(world, topic.keyArn, topicUses(service, topic.arn, source), evidence),
      );
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
  const guard = world.roles.get(on) ?? world.keys.get(on);
  const resource = guard ?? world.queues.get(on) ?? world.buses.get(on);
  if (resource === undefined) return refused("resource-missing", on);
  const identity = identityOf(caller);
  const { principal, policies: identityPolicies, permissionsBoundary } = identity;
  const facts = callerFacts(identity, world.organizations.get(principal.account), resource);
  const named = Object.entries(context).map(
    ([name, value]) => [encryptionContextKey(name), one(value)] as const,
  );
  const question = {
    principal,
    action,
    resource: on,
    resourceAccount: resource.account,
    circumstances: settled(new Map<string, KeyFact>([...facts, ...named])),
    identityPolicies,
    resourcePolicy: resource.policies[0],
    permissionsBoundary,
    resourceDecides: guard !== undefined,
  };
  return answerOf([checkRole(action, question, evidence)], "access-denied");
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
