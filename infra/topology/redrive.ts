import { accountRootArn, busArn, roleArn, type RoleArn } from "../aws/arn.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument, type Statement } from "../aws/policy-document.js";
import { outsideMembers } from "../registry/index.js";
import type { PlannedRoleSettings, Scope } from "./scope.js";
import { putToTargets } from "./subscription-letters.js";
import { madeQueues } from "./subscription-queue.js";

/** Who may put dead letters of an account's queue back, and where. */
export interface PlannedRedrive extends PlannedRoleSettings {
  readonly roleName: string;
  readonly roleArn: RoleArn;
  readonly trustPolicy: PolicyDocument;
  readonly policy: PolicyDocument;
}

/**
 * Who may put an account's dead letters back. A dead letter of a forward rule belongs on the member's local bus,
 * one of a local rule on that local bus; none belongs on the global bus, where every member would receive it
 * again. One of a subscription goes back to the subscription's target, where nobody else sees it. The role trusts its own account, so its administrators decide who takes it on, among those whom the
 * environment names, if it names any.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function planRedrive(scope: Scope, account: string): PlannedRedrive {
  const { redrivers } = scope.environment.roles ?? {};
  const letters = madeQueues(scope, account).map(({ lettersArn }) => lettersArn);
  return {
    roleName: names.redriveRole(scope.environment.prefix, account),
    roleArn: scope.redriveRole(account),
    ...scope.roleSettings(account),
    trustPolicy: policyDocument({
      Sid: "TrustOwnAccount",
      Effect: "Allow",
      Principal: { AWS: accountRootArn(scope.place(account)) },
      Action: "sts:AssumeRole",
      ...(redrivers === undefined
        ? {}
        : {
            Condition: {
              ArnLike: {
                "aws:PrincipalArn": redrivers.map((name) => roleArn(scope.place(account), name)),
              },
            },
          }),
    }),
    policy: policyDocument(
      {
        Sid: "TakeDeadLetters",
        Effect: "Allow",
        Action: [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:ReceiveMessage",
        ],
        Resource:
          letters.length === 0
            ? scope.deadLetterQueue(account)
            : [scope.deadLetterQueue(account), ...letters],
      },
      ...(account === scope.registry.backbone ? putOnLocalBuses(scope) : [putOnOwnBus(scope, account)]),
      ...putToTargets(scope, account),
    ),
  };
}

/** AWS acknowledges events for a bus that is not there, so the role must see the bus before it puts one on it. */
const seeAndPut = ["events:DescribeEventBus", "events:PutEvents"];

function putOnOwnBus(scope: Scope, member: string): Statement {
  return {
    Sid: "PutEventsOnLocalBus",
    Effect: "Allow",
    Action: seeAndPut,
    Resource: scope.bus(member),
  };
}

/**
 * Of one size however many members there are: a list of their buses would outgrow the 10,240 characters that the
 * inline policies of a role have together. The wildcard reaches what is named like a local bus, in the one AWS
 * account or in the organisation; the local buses admit the role one by one. Only buses outside the organisation are
 * named.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
function putOnLocalBuses(scope: Scope): Statement[] {
  const { registry, environment, globalBus } = scope;
  const { prefix, region, organizationId } = environment;
  const shared = scope.flows.every(({ to }) => scope.sharesBackbone(to));
  const outside = outsideMembers(registry, environment);
  const accountId = shared ? scope.place(registry.backbone).accountId : "*";
  return [
    {
      Sid: "PutEventsOnLocalBuses",
      Effect: "Allow",
      Action: seeAndPut,
      Resource: busArn({ region, accountId }, names.bus(prefix, "*")),
      ...(shared || organizationId === undefined
        ? {}
        : { Condition: { StringEquals: { "aws:ResourceOrgID": organizationId } } }),
    },
    ...(outside.length === 0
      ? []
      : [
          {
            Sid: "PutEventsOutsideOrganisation",
            Effect: "Allow" as const,
            Action: seeAndPut,
            Resource: outside.map(scope.bus),
          },
        ]),
    { Sid: "NeverOnGlobalBus", Effect: "Deny", Action: seeAndPut, Resource: globalBus },
  ];
}
