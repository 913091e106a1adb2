import {
  logGroupArn,
  type Place,
  policyArn,
  type PolicyArn,
  type RoleArn,
  roleArn,
  tableArn,
} from "../aws/arn.js";
import { names } from "../aws/names.js";
import { type PolicyDocument, policyDocument, type Statement } from "../aws/policy-document.js";
import { type MadeFunction, publicationsBy, type Subscription } from "../registry/index.js";
import type { PlannedRoleSettings, Scope } from "./scope.js";
import type { PlannedQueue } from "./subscription-queue.js";

/** A function that takes a subscription's events out of its queue. */
export interface PlannedFunction {
  /** Of the function, its role and its table. */
  readonly name: string;
  /** Path of the file it is made of, from the folder of Pulumi.yaml. */
  readonly handler: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly batchSize: number;
  readonly maximumConcurrency?: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroupName: string;
  /** Days. */
  readonly logRetentionDays: number;
  readonly role: PlannedFunctionRole;
  /** Name of the table by which it does a thing once. */
  readonly table?: string;
}

export interface PlannedFunctionRole extends PlannedRoleSettings {
  readonly roleArn: RoleArn;
  readonly trustPolicy: PolicyDocument;
  readonly policy: PolicyDocument;
  /** What its service publishes with; absent for one that publishes nothing. */
  readonly publisherPolicy?: PolicyArn;
}

/** Names of the log groups of an account's functions. */
export function functionLogGroups({ registry, environment }: Scope, account: string): string[] {
  return registry.subscriptions
    .filter((one) => one.account === account && one.target.kind === "madeFunction")
    .map(({ service, name }) =>
      names.functionLogGroup(names.subscription(environment.prefix, service, name)),
    );
}

/** @param queue what feeds the function */
export function planFunction(
  scope: Scope,
  { account, key, service, name }: Subscription,
  target: MadeFunction,
  queue: PlannedQueue,
): PlannedFunction {
  const { environment, globalBus } = scope;
  const place = scope.place(account);
  const called = names.subscription(environment.prefix, service, name);
  const publishes = publicationsBy(scope.publications, { service, account }).length > 0;
  const logGroupName = names.functionLogGroup(called);
  const table = target.once ? called : undefined;
  const { handler, timeoutSeconds, memoryMegabytes, batchSize, maximumConcurrency } = target;
  return {
    name: called,
    handler,
    description: `Handles what ${service} takes by its subscription ${name}`,
    timeoutSeconds,
    memoryMegabytes,
    batchSize,
    maximumConcurrency,
    environment: {
      BACKBONE_BUS_ARN: globalBus,
      BACKBONE_ENVIRONMENT: environment.name,
      BACKBONE_LETTERS_QUEUE_URL: queue.lettersUrl,
      ...(table === undefined ? {} : { BACKBONE_ONCE_TABLE: table }),
      BACKBONE_SUBSCRIPTION: key,
    },
    logGroupName,
    logRetentionDays: environment.logRetentionDays,
    role: {
      roleArn: roleArn(place, called, environment.roles?.path),
      ...scope.roleSettings(account),
      trustPolicy: policyDocument({
        Sid: "TrustLambda",
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      }),
      policy: policyDocument(...functionStatements(place, queue, logGroupName, table)),
      ...(publishes
        ? { publisherPolicy: policyArn(place, names.publisherPolicy(environment.prefix, service)) }
        : {}),
    },
    ...(table === undefined ? {} : { table }),
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
function functionStatements(
  place: Place,
  queue: PlannedQueue,
  logGroupName: string,
  table: string | undefined,
): Statement[] {
  return [
    {
      Sid: "TakeEvents",
      Effect: "Allow",
      Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
      Resource: queue.arn,
    },
    { Sid: "SendLetters", Effect: "Allow", Action: "sqs:SendMessage", Resource: queue.lettersArn },
    {
      Sid: "WriteLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn(place, logGroupName)}:*`,
    },
    ...(table === undefined
      ? []
      : [
          {
            Sid: "RememberWhatIsDone",
            Effect: "Allow" as const,
            Action: ["dynamodb:DeleteItem", "dynamodb:PutItem"],
            Resource: tableArn(place, table),
          },
        ]),
  ];
}
