import { accountRootArn } from "../aws/arn.js";
import { policyDocument, type PolicyDocument, type Statement } from "../aws/policy-document.js";
import type { Scope } from "./scope.js";

/**
 * Admits the member's forward role and the redrive roles of the backbone and of the member itself, and nobody
 * else, not even other principals of the bus's own account: there an identity policy would be enough without the
 * Deny. The forward role is admitted whether or not a route brings the member anything yet, so that the first route
 * needs no change here and no order of stacks. A redrive looks whether the bus is there before it sends anything, as
 * AWS acknowledges events for one that is not. Roles are named by `aws:PrincipalArn` under the account's root because a role's ARN as principal is
 * stored as an id that dies with the role.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function localBusPolicy(scope: Scope, member: string): PolicyDocument {
  const bus = scope.bus(member);
  const { backbone } = scope.registry;
  const ofBackbone = [scope.forwardRole(member), scope.redriveRole(backbone)];
  const allow: Statement = {
    Sid: "AllowForwardAndRedrive",
    Effect: "Allow",
    Principal: { AWS: accountRootArn(scope.place(backbone)) },
    Action: "events:PutEvents",
    Resource: bus,
    Condition: { ArnEquals: { "aws:PrincipalArn": ofBackbone } },
  };
  const allowSeeing: Statement = {
    Sid: "AllowRedriveToSeeBus",
    Effect: "Allow",
    Principal: { AWS: accountRootArn(scope.place(backbone)) },
    Action: "events:DescribeEventBus",
    Resource: bus,
    Condition: { ArnEquals: { "aws:PrincipalArn": scope.redriveRole(backbone) } },
  };
  return policyDocument(
    // Inside one AWS account the role's own policy suffices and an Allow here would say nothing.
    ...(scope.sharesBackbone(member) ? [] : [allow, allowSeeing]),
    {
      Sid: "DenyAllButForwardAndRedrive",
      Effect: "Deny",
      Principal: "*",
      Action: "events:PutEvents",
      Resource: bus,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": [...ofBackbone, scope.redriveRole(member)] } },
    },
  );
}
