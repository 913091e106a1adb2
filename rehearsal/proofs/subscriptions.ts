import { publicationsBy } from "../../infra/registry/index.js";
import type { ProofCheck } from "../claim.js";
import { queueUrl } from "../emission/arns.js";
import type { Expectations } from "../expectations.js";
import { kinds } from "../kinds.js";
import { type Claim, claim, type ClaimSettings, type Need } from "../needs.js";
import type { Stage } from "../stage.js";
import { isRuleOf, type Subscribed, subscribedAs } from "../subscribed.js";
import {
  publisherPolicyArn,
  publisherPolicyName,
  queueClaim,
  queuePolicyClaim,
  ruleClaims,
  underNoKey,
  wantedOf,
} from "../wanted.js";
import { exactlyCarried, sendsTo, statesFor } from "./exact-forwards.js";

/** Each subscription has rules, what lets them in, and what is made to get their events. */
export function subscriptionNeeds(stage: Stage, expected: Expectations): Need[] {
  return stage.registry.subscriptions.map((one) => {
    const subscribed = subscribedAs(stage, one);
    const { account, key, rule, targetArn, retry, target } = subscribed;
    const { made, admitted, sends } = admission(stage, subscribed);
    const wanted = wantedOf(stage, account);
    const told = Object.entries(retry ?? {}).filter(([, value]) => value !== undefined);
    const path = "partitionKeyPath" in target ? target.partitionKeyPath : undefined;
    const rules = ruleClaims(
      wanted,
      { name: `${rule}.0`, eventBusName: wanted.bus },
      {
        sends: {
          arn: targetArn,
          roleArn: undefined,
          inputTransformer: undefined,
          retryPolicy: told.length === 0 ? undefined : Object.fromEntries(told),
          kinesisTarget: path === undefined ? undefined : { partitionKeyPath: path },
          ...sends,
        },
        after: [admitted],
        numbered: true,
        states: statesFor(expected.subscribed(key)),
      },
    );
    return { account, what: `the subscription ${key}`, claims: [...made, ...rules] };
  });
}

interface Admission {
  /** All that is made, {@link admitted} included. */
  readonly made: readonly Claim[];
  /** What lets the rules in, and must be there before the first event. */
  readonly admitted: Claim;
  readonly sends?: NonNullable<ClaimSettings["has"]>;
}

/** A queue of ours has a policy, somebody's function a statement more in its own, and anything else a role. */
function admission(stage: Stage, subscribed: Subscribed): Admission {
  const { place, called, roleArn, targetArn, target, made } = subscribed;
  if (made !== undefined) {
    const admitted = queuePolicyClaim(place, made.queue, false);
    return { admitted, made: [...queues(subscribed), admitted, ...handler(stage, subscribed)] };
  }
  if (target.kind === "function") {
    const admitted = claim(kinds.permission, { statementId: called, function: targetArn });
    return { admitted, made: [admitted] };
  }
  const admitted = claim(kinds.rolePolicy, { role: called });
  return { admitted, made: [claim(kinds.role, { name: called }), admitted], sends: { roleArn } };
}

/** What a consumer reads, and what it gives up. */
function queues({ made, target }: Subscribed): Claim[] {
  if (made === undefined || !("maxReceiveCount" in target)) return [];
  const { queue, queueArn, letters, lettersArn } = made;
  const { maxReceiveCount, visibilityTimeoutSeconds } = target;
  const redrivePolicy = JSON.stringify({ deadLetterTargetArn: lettersArn, maxReceiveCount });
  const redriveAllowPolicy = JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [queueArn] });
  return [
    queueClaim(queue, { has: { redrivePolicy, visibilityTimeoutSeconds } }),
    queueClaim(letters, { has: { redriveAllowPolicy } }),
  ];
}

/** A function with all that it needs to run, to be fed and to publish. */
function handler(stage: Stage, subscribed: Subscribed): Claim[] {
  const { environment, registry, publications } = stage;
  const { account, service, key, place, called, roleArn, target, made, handling } = subscribed;
  if (target.kind !== "madeFunction" || made === undefined || handling === undefined) return [];
  const { timeoutSeconds, memoryMegabytes, batchSize, maximumConcurrency, once } = target;
  const { functionArn, logGroup } = handling;
  const works = claim(kinds.rolePolicy, { role: called });
  const publishes =
    publicationsBy(publications, { service, account }).length === 0
      ? []
      : [
          claim(
            kinds.attachedPolicy,
            { policyArn: publisherPolicyArn(stage, account, service), role: called },
            { after: [claim(kinds.managedPolicy, { name: publisherPolicyName(stage, service) })] },
          ),
        ];
  const ttl = { attributeName: "expiresAt", enabled: true };
  const table = once ? [claim(kinds.table, { name: called }, { has: { hashKey: "id", ttl } })] : [];
  const variables = {
    BACKBONE_BUS_ARN: wantedOf(stage, registry.backbone).busArn,
    BACKBONE_ENVIRONMENT: environment.name,
    BACKBONE_LETTERS_QUEUE_URL: queueUrl(place, made.letters),
    ...(once ? { BACKBONE_ONCE_TABLE: called } : {}),
    BACKBONE_SUBSCRIPTION: key,
  };
  return [
    claim(kinds.role, { name: called }),
    works,
    ...publishes,
    ...table,
    claim(
      kinds.logGroup,
      { name: logGroup },
      { has: { retentionInDays: environment.logRetentionDays, ...underNoKey(stage, "kmsKeyId") } },
    ),
    claim(
      kinds.function,
      { name: called },
      {
        has: {
          role: roleArn,
          handler: "index.handler",
          timeout: timeoutSeconds,
          memorySize: memoryMegabytes,
          "environment.variables": variables,
          "loggingConfig.logGroup": logGroup,
          reservedConcurrentExecutions: undefined,
        },
        after: [works, ...publishes, ...table],
      },
    ),
    claim(
      kinds.mapping,
      { eventSourceArn: made.queueArn, functionName: functionArn },
      {
        has: {
          batchSize,
          maximumBatchingWindowInSeconds: undefined,
          "scalingConfig.maximumConcurrency": maximumConcurrency,
        },
      },
    ),
  ];
}

/** The rules of a subscription take what it says and no more, whatever its bus receives. */
export function exactSubscriptionChecks(stage: Stage, expected: Expectations): ProofCheck[] {
  return stage.registry.subscriptions.map((one) => {
    const { key, account } = one;
    const subscribed = subscribedAs(stage, one);
    return {
      id: `exact-subscription:${key}`,
      title: `the rules of subscription ${key} take exactly what it says`,
      run: () =>
        exactlyCarried(stage, {
          account,
          what: `subscription ${key}`,
          mend: `let the rules of subscription ${key} take exactly what its events and its filter say`,
          bus: stage.busOf(account),
          taken: expected.subscribed(key),
          isMeant: (arn) => isRuleOf(subscribed, arn),
          carries: (rule) => isRuleOf(subscribed, rule.arn) && sendsTo(rule, subscribed.targetArn),
          step: "subscription",
          first: subscribed.firstRule,
        }),
    };
  });
}
