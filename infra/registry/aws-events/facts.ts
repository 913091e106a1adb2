import { partitionOf } from "../../aws/arn.js";
import { type Contract, type Environment, groupBy, type Registry, sourcesOf } from "../registry.js";
import { isOfCloudTrail } from "./management-events.js";

/** What AWS keeps quiet about: why events may not come, or come twice, though nothing is wrong here. */
export interface QuietFact {
  /** A source, `aws.s3`, or what several have in common. */
  readonly about: string;
  /** One or more sentences. */
  readonly says: string;
  /** The page that says so. */
  readonly source: string;
}

interface Known {
  readonly source: string;
  /** Default: all of the source. */
  readonly detailType?: string;
  readonly says: string;
  readonly page: string;
}

const docs = "https://docs.aws.amazon.com";

const ofSources: readonly Known[] = [
  {
    source: "aws.s3",
    says: "Only buckets whose notifications to EventBridge are switched on send any, some five minutes later; there is no choice of types.",
    page: `${docs}/AmazonS3/latest/userguide/EventBridge.html`,
  },
  {
    source: "aws.guardduty",
    detailType: "GuardDuty Finding",
    says: "A detector must be on in the Region; findings that a suppression rule archives are not sent, and repeats come every six hours unless the administrator chose otherwise. An administrator account receives its members' findings, too: forwarded from both, each comes twice.",
    page: `${docs}/guardduty/latest/ug/guardduty_findings_eventbridge.html`,
  },
  {
    source: "aws.securityhub",
    says: "The administrator account repeats its members' findings and the aggregation Region those of linked Regions: forwarded from both, each comes twice. A consumer that updates a finding causes another event.",
    page: `${docs}/securityhub/latest/userguide/securityhub-cwe-integration-types.html`,
  },
  {
    source: "aws.inspector2",
    says: "Inspector must be on in the Region; findings are sent in the member and in the administrator account: forwarded from both, each comes twice. Best effort.",
    page: `${docs}/inspector/latest/user/findings-managing-automating-responses.html`,
  },
  {
    source: "aws.macie",
    says: "Macie must be on; findings that a suppression rule archives are not sent.",
    page: `${docs}/macie/latest/user/findings-publish-event-schemas.html`,
  },
  {
    source: "aws.health",
    says: "Every event also goes to a backup Region (us-west-2, and us-east-1 for that one): detail.backupEvent tells, detail.communicationId is the same. With the organisational view, account is who was told and detail.affectedAccount who is concerned.",
    page: `${docs}/health/latest/ug/choosing-a-region.html`,
  },
  {
    source: "aws.config",
    says: "The recorder must be on and record the type of resource. Best effort.",
    page: `${docs}/config/latest/developerguide/monitor-config-with-cloudwatchevents.html`,
  },
  {
    source: "aws.ecr",
    detailType: "ECR Image Scan",
    says: "Sent by basic scanning only; with enhanced scanning the findings are of aws.inspector2.",
    page: `${docs}/AmazonECR/latest/userguide/ecr-eventbridge.html`,
  },
  {
    source: "aws.backup",
    says: "Sent every five minutes. Best effort.",
    page: `${docs}/aws-backup/latest/devguide/eventbridge.html`,
  },
  {
    source: "aws.signin",
    detailType: "AWS Console Signin via CloudTrail",
    says: 'AWS documents this detail-type; the events that people show have "AWS Console Sign In via CloudTrail": declare both.',
    page: `${docs}/eventbridge/latest/userguide/eb-service-event-cloudtrail.html`,
  },
  {
    source: "aws.signin",
    says: "A sign-in comes in the Region of the endpoint that was used, which is often us-east-1; root's in us-east-1, us-east-2 or us-west-2.",
    page: `${docs}/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html`,
  },
];

/** Services whose events come in one Region only, with the page that says so. */
const inOneRegion: readonly {
  readonly source: string;
  readonly viaCloudTrail?: true;
  readonly page: string;
}[] = [
  ...["aws.iam", "aws.sts", "aws.cloudfront", "aws.organizations"].map((source) => ({
    source,
    viaCloudTrail: true as const,
    page: `${docs}/awscloudtrail/latest/userguide/cloudtrail-concepts.html`,
  })),
  { source: "aws.trustedadvisor", page: `${docs}/awssupport/latest/user/cloudwatch-events-ta.html` },
];

const onlyRegion = "us-east-1";

/** AWS promises these at least once, so twice at times; of most others it says best effort. */
const durable = new Set(
  ["s3", "guardduty", "securityhub", "health", "ecs", "batch", "cloudwatch"].map((name) => `aws.${name}`),
);

/**
 * What concerns the contracts of a registry, each once, by source.
 * @param registry as it is in the environment
 */
export function quietFacts({ contracts }: Registry, { region }: Environment): QuietFact[] {
  const events = [...contracts.values()]
    .filter(({ origin }) => origin !== undefined)
    .flatMap((contract) => sourcesOf(contract).map((source) => ({ source, contract })));
  const ofDefaultBuses = events.filter(({ contract }) => contract.origin?.bus === "default");
  const bySource = groupBy(ofDefaultBuses, ({ source }) => source).map((group) => ({
    source: group[0].source,
    detailTypes: group.map(({ contract }) => contract.detailType),
  }));
  return [
    ...bySource.flatMap(({ source, detailTypes }): QuietFact[] => [
      ...ofSources
        .filter((known) => known.source === source)
        .filter(({ detailType }) => detailType === undefined || detailTypes.includes(detailType))
        .map(({ says, page }) => ({ about: source, says, source: page })),
      ...inOneRegion
        .filter((known) => known.source === source && region !== onlyRegion && partitionOf(region) === "aws")
        .filter(({ viaCloudTrail }) => viaCloudTrail === undefined || detailTypes.some(isOfCloudTrail))
        .map(({ page }) => ({
          about: source,
          says: `${source === "aws.sts" ? "Calls of its global endpoint come" : "Its events come"} in ${onlyRegion} only, and the default buses here are those of ${region}: an environment in ${onlyRegion} gets them, this one does not.`,
          source: page,
        })),
    ]),
    ...trailFacts(ofDefaultBuses.map(({ contract }) => contract)),
    ...deliveryFacts(bySource.map(({ source }) => source)),
    ...partnerFacts(events.map(({ contract }) => contract)),
  ];
}

function trailFacts(contracts: readonly Contract[]): QuietFact[] {
  const recorded = contracts.filter(({ detailType }) => isOfCloudTrail(detailType));
  if (recorded.length === 0) return [];
  const page = `${docs}/eventbridge/latest/userguide/eb-service-event-cloudtrail.html`;
  const readsAreMissing = recorded.some(({ origin }) => origin?.readOnlyManagementEvents !== true);
  return [
    {
      about: "CloudTrail",
      says: "Each account needs a trail with logging on, its own or the organisation's; what the trail leaves out does not come. Best effort.",
      source: page,
    },
    {
      about: "CloudTrail",
      says: "Records of more than 256 KB do not come.",
      source: `${docs}/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html`,
    },
    ...(readsAreMissing
      ? [
          {
            about: "CloudTrail",
            says: "Management events that only read, AssumeRole among them, come to entries with readOnlyManagementEvents: true only.",
            source: page,
          },
        ]
      : []),
  ];
}

function deliveryFacts(sources: readonly string[]): QuietFact[] {
  const twice = sources.filter((source) => durable.has(source));
  return twice.length === 0
    ? []
    : [
        {
          about: twice.join(", "),
          says: "AWS delivers these at least once, so one may come twice.",
          source: `${docs}/eventbridge/latest/ref/event-delivery-level.html`,
        },
      ];
}

function partnerFacts(contracts: readonly Contract[]): QuietFact[] {
  return contracts.every(({ origin }) => origin?.bus === "default")
    ? []
    : [
        {
          about: "partner buses",
          says: "A partner bus is made in the account by whoever accepts the partner's event source, before the stack is deployed; what the partner sends before that is lost.",
          source: `${docs}/eventbridge/latest/userguide/eb-saas.html`,
        },
      ];
}

/** Environments, two or more, whose accounts have a default bus in common, as each gets the other's events of AWS. */
export interface SharedDefaultBus {
  readonly accountId: string;
  readonly environments: readonly string[];
}

/** @param registry as it is written, with all its environments */
export function sharedDefaultBuses(registry: Registry, { name, region }: Environment): SharedDefaultBus[] {
  const origins = [...registry.services.values()].filter(({ origin }) => origin?.bus === "default");
  const uses = [...registry.environments.values()].flatMap((environment) =>
    origins
      .filter((service) => service.environments?.includes(environment.name) ?? true)
      .flatMap(({ origin }) => origin?.accounts ?? [])
      .flatMap((account) => environment.accountIds.get(account) ?? [])
      .filter(() => environment.region === region)
      .map((accountId) => ({ accountId, environment: environment.name })),
  );
  return groupBy(uses, ({ accountId }) => accountId)
    .map((group) => ({
      accountId: group[0].accountId,
      environments: [...new Set(group.map(({ environment }) => environment))],
    }))
    .filter(({ environments }) => environments.length > 1 && environments.includes(name));
}
