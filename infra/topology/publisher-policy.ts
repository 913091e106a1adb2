import { type PolicyArn, policyArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import {
  type ConditionBlock,
  type PolicyDocument,
  policyDocument,
  type Statement,
} from "../aws/policy-document.js";
import { publicationsBy, type Service } from "../registry/index.js";
import type { Scope } from "./scope.js";

/** What a service attaches to the role it publishes with. */
export interface PlannedPublisherPolicy {
  readonly service: string;
  /** Under which it publishes. */
  readonly sources: readonly string[];
  readonly name: string;
  readonly arn: PolicyArn;
  readonly description: string;
  readonly policy: PolicyDocument;
}

/**
 * The sender's side of publishing. The Denies are what keeps a role that carries this policy from claiming
 * another service's events where accounts share one AWS account and the bus cannot tell them apart; they also
 * mean that one role publishes for one service.
 */
export function publisherPolicy(scope: Scope, service: Service, account: string): PlannedPublisherPolicy {
  const name = names.publisherPolicy(scope.environment.prefix, service.name);
  const own = publicationsBy(scope.publications, { service: service.name, account });
  const sources = own.map(({ source }) => source);
  const [only = "", ...others] = sources;
  const named = others.length === 0 ? only : sources;
  // Under a source that is a service's alone, the bus knows its detail-types.
  const mixed = own.filter(
    ({ source, detailTypes }) => scope.declared.get(source)?.length !== detailTypes.length,
  );
  const onGlobalBus = (sid: string, effect: Statement["Effect"], condition: ConditionBlock): Statement => ({
    Sid: sid,
    Effect: effect,
    Action: "events:PutEvents",
    Resource: scope.globalBus,
    Condition: condition,
  });
  return {
    service: service.name,
    sources,
    name,
    arn: policyArn(scope.place(account), name),
    // IAM never changes a description, so a change would replace the policy, and IAM deletes no policy that a
    // service has attached: nothing that may change stands here.
    description: `Lets a role of ${service.name} publish on the global bus`,
    policy: policyDocument(
      onGlobalBus("AllowOwnSource", "Allow", { "ForAllValues:StringEquals": { "events:source": named } }),
      onGlobalBus("DenyOtherSources", "Deny", {
        "ForAnyValue:StringNotEquals": { "events:source": named },
      }),
      ...mixed.map(({ source, detailTypes }, index) =>
        onGlobalBus(`DenyOtherTypes${index === 0 ? "" : index + 1}`, "Deny", {
          "ForAnyValue:StringEquals": { "events:source": source },
          "ForAnyValue:StringNotEquals": { "events:detail-type": detailTypes },
        }),
      ),
    ),
  };
}
