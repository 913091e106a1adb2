import { isMade, type Subscription } from "../infra/registry/index.js";
import { arnOf, type ProviderPlace } from "./emission/arns.js";
import { namedArn } from "./named.js";
import { withoutNumbers } from "./numbered.js";
import type { Stage } from "./stage.js";
import { wantedOf } from "./wanted.js";

type On = Pick<Stage, "registry" | "environment">;

/** A subscription, and what it consists of is called, worked out from the registry alone. */
export interface Subscribed extends Subscription {
  readonly place: ProviderPlace;
  /** Name of its rules, which have a dot and a number behind it. */
  readonly rule: string;
  /** ARN of each rule that it may come to have, with `*`. */
  readonly rules: string;
  /** ARN of the first of them. */
  readonly firstRule: string;
  /** Of its role, queue, function and table. */
  readonly called: string;
  /** Of the execution role by which EventBridge gives to its target, or as which its function runs. */
  readonly roleArn: string;
  /** What EventBridge gives to: of a function that is made here, the queue. */
  readonly targetArn: string;
  /** The queues that are made for it. */
  readonly made: MadeQueues | undefined;
  /** The function that is made for it. */
  readonly handling: Handling | undefined;
}

interface MadeQueues {
  readonly queue: string;
  readonly queueArn: string;
  readonly letters: string;
  readonly lettersArn: string;
}

interface Handling {
  readonly functionArn: string;
  readonly logGroup: string;
  readonly logGroupArn: string;
  /** Of the table by which it does a thing once. */
  readonly tableArn: string | undefined;
}

/** The subscriptions of an account. */
export function subscribedIn(on: On, account: string): Subscribed[] {
  return on.registry.subscriptions
    .filter((one) => one.account === account)
    .map((one) => subscribedAs(on, one));
}

export function subscribedAs({ environment }: On, subscription: Subscription): Subscribed {
  const { account, service, name, target } = subscription;
  const { place, bus } = wantedOf({ environment }, account);
  const rule = `${service}--${name}`;
  const called = `${environment.prefix}-${rule}`;
  const queueArn = arnOf.queue(place, called);
  const letters = `${called}-letters`;
  const logGroup = `/aws/lambda/${called}`;
  return {
    ...subscription,
    place,
    rule,
    rules: arnOf.rule(place, bus, `${rule}.*`),
    firstRule: arnOf.rule(place, bus, `${rule}.0`),
    called,
    roleArn: arnOf.role(place, called, environment.roles?.path),
    targetArn: isMade(target) ? queueArn : namedArn(place, target),
    made: isMade(target)
      ? { queue: called, queueArn, letters, lettersArn: arnOf.queue(place, letters) }
      : undefined,
    handling:
      target.kind === "madeFunction"
        ? {
            functionArn: arnOf.function(place, called),
            logGroup,
            logGroupArn: arnOf.logGroup(place, logGroup),
            tableArn: target.once ? arnOf.table(place, called) : undefined,
          }
        : undefined,
  };
}

/** Whether a rule, whatever bus it is on, is by its account and name one of the subscription's. */
export function isRuleOf({ place, rule }: Subscribed, ruleArn: string): boolean {
  const name = ruleArn.slice(ruleArn.lastIndexOf("/") + 1);
  return ruleArn.split(":")[4] === place.accountId && withoutNumbers(name) === rule;
}
