import { type PolicyArn, policyArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument } from "../aws/policy-document.js";
import type { Service } from "../registry/index.js";
import type { Scope } from "./scope.js";

/** What a service attaches to the role it publishes with. */
export interface PlannedPublisherPolicy {
  readonly service: string;
  readonly name: string;
  readonly arn: PolicyArn;
  readonly description: string;
  readonly policy: PolicyDocument;
}

/**
 * The sender's side of publishing. The Deny is what keeps a role that carries this policy from claiming
 * another service's source where accounts share one AWS account and the bus cannot tell them apart; it also
 * means that one role publishes for one service.
 */
export function publisherPolicy(scope: Scope, service: Service): PlannedPublisherPolicy {
  const name = names.publisherPolicy(scope.environment.prefix, service.name);
  return {
    service: service.name,
    name,
    arn: policyArn(scope.place(service.account), name),
    // IAM never changes a description, so a change would replace the policy, and IAM deletes no policy that a
    // service has attached: nothing that may change stands here.
    description: `Lets a role of ${service.name} publish on the global bus`,
    policy: policyDocument(
      {
        Sid: "AllowOwnSource",
        Effect: "Allow",
        Action: "events:PutEvents",
        Resource: scope.globalBus,
        Condition: { "ForAllValues:StringEquals": { "events:source": service.source } },
      },
      {
        Sid: "DenyOtherSources",
        Effect: "Deny",
        Action: "events:PutEvents",
        Resource: scope.globalBus,
        Condition: { "ForAnyValue:StringNotEquals": { "events:source": service.source } },
      },
    ),
  };
}
