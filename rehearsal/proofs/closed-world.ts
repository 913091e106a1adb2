import { logsPrincipal, type RoleData } from "eventbridge-simulator";
import { type Publisher, publishers } from "../../infra/registry/index.js";
import { outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import {
  executionPolicyGrants,
  executionTrustGrants,
  forwardRole,
  globalBusGrants,
  localBusGrants,
  publisherPolicyGrants,
  queueGrants,
  redrivePolicyGrants,
  redriveTrustGrants,
  root,
  serviceOnlyGrants,
  type Grants,
  statementsOf,
  type StatementText,
} from "../grants.js";
import { parameter, redriveRole, type Stage } from "../stage.js";

/** Nothing is granted that the registry does not need. */
export function closedWorldChecks(stage: Stage): ProofCheck[] {
  return [
    {
      id: "statements",
      title: "no policy says anything that the registry does not need",
      run: () => outcomeOf(policies(stage), (policy) => strangeStatements(policy)),
    },
    {
      id: "strangers",
      title: "no role and no managed policy is emitted that nothing needs",
      run: () => outcomeOf(needed(stage), strangerFailures),
    },
  ];
}

interface GuardedPolicy {
  /** ARN of what the policy belongs to. */
  readonly of: string;
  readonly kind: string;
  readonly text: string;
  readonly grants: Grants;
}

function policies(stage: Stage): GuardedPolicy[] {
  const uses = roleUses(stage);
  const published = publishedPolicies(stage);
  const { data } = stage.loaded;
  const { backbone } = stage.registry;
  const { region } = stage.environment;
  const delivers = ["events.amazonaws.com", "delivery.logs.amazonaws.com"];
  const logActions = ["logs:CreateLogStream", "logs:PutLogEvents"];
  const found = (of: string, kind: string, text: string | undefined, grants: Grants): GuardedPolicy[] =>
    text === undefined ? [] : [{ of, kind, text, grants }];
  return [
    ...data.buses.flatMap(({ arn, policy }) => {
      const owner = stage.ownerOf(arn);
      const grants =
        owner === backbone || owner === undefined ? globalBusGrants(stage) : localBusGrants(stage, owner);
      return found(arn, "bus policy", policy, grants);
    }),
    ...data.roles.flatMap((role) => rolePolicies(stage, uses, role)),
    ...data.managedPolicies.flatMap(({ arn, policy }) => {
      const publisher = published.get(arn);
      return publisher === undefined
        ? []
        : found(arn, "managed policy", policy, publisherPolicyGrants(stage, publisher));
    }),
    ...data.queues.flatMap(({ arn, policy }) => found(arn, "queue policy", policy, queueGrants(stage, arn))),
    ...data.logGroups.flatMap(({ arn, resourcePolicies }) =>
      resourcePolicies.flatMap(({ policy }) =>
        found(arn, "log policy", policy, serviceOnlyGrants(delivers, logActions, ["logs:CreateLogStream"])),
      ),
    ),
    ...data.logResourcePolicies.flatMap(({ name, policy }) =>
      found(name, "account's log policy", policy, serviceOnlyGrants(delivers, logActions)),
    ),
    ...data.topics.flatMap(({ arn, policy }) =>
      found(
        arn,
        "topic policy",
        policy,
        serviceOnlyGrants(["cloudwatch.amazonaws.com", "events.amazonaws.com"], ["sns:Publish"]),
      ),
    ),
    ...data.keys.flatMap(({ arn, policy }) =>
      found(arn, "key policy", policy, keyGrants(stage, arn, region)),
    ),
  ];
}

/** The account manages its key; AWS's services encrypt and decrypt on behalf of something named. */
function keyGrants(stage: Stage, arn: string, region: string): Grants {
  const owner = [...stage.loaded.accounts.values()].find(({ id }) => arn.split(":")[4] === id);
  const services = [
    "events.amazonaws.com",
    logsPrincipal(region),
    "cloudwatch.amazonaws.com",
    "delivery.logs.amazonaws.com",
  ];
  const uses = [
    "Decrypt",
    "Decrypt*",
    "Encrypt*",
    "Describe*",
    "DescribeKey",
    "GenerateDataKey",
    "GenerateDataKey*",
    "ReEncrypt*",
  ];
  const byService = serviceOnlyGrants(
    services,
    uses.map((use) => `kms:${use}`),
    ["kms:DescribeKey"],
  );
  return (statement) => {
    const ofAccount = owner !== undefined && statement.principals.join() === root(stage, owner.name);
    return ofAccount && statement.actions.join() === "kms:*" ? undefined : byService(statement);
  };
}

function rolePolicies(
  stage: Stage,
  uses: ReadonlyMap<string, RoleUse>,
  { arn, trustPolicy, inlinePolicies }: RoleData,
): GuardedPolicy[] {
  const use = uses.get(arn);
  if (use === undefined) return [];
  const isForward = use.kind === "forward";
  const trust = isForward ? executionTrustGrants(stage, use.account) : redriveTrustGrants(stage, use.account);
  const identity = isForward
    ? executionPolicyGrants(stage, use.account)
    : redrivePolicyGrants(stage, use.account);
  return [
    { of: arn, kind: "trust policy", text: trustPolicy, grants: trust },
    ...inlinePolicies.map(({ name, policy }) => ({
      of: `${arn}/${name}`,
      kind: "role policy",
      text: policy,
      grants: identity,
    })),
  ];
}

interface RoleUse {
  readonly kind: "forward" | "redrive";
  /** The member that is forwarded to, or the account whose dead letters it is for. */
  readonly account: string;
}

/** What each emitted role is for; a role that is not in it is for nothing. */
function roleUses(stage: Stage): ReadonlyMap<string, RoleUse> {
  const redrives = [...stage.registry.accounts.keys()].flatMap((account) => {
    const arn = redriveRole(stage, account)?.arn;
    return arn === undefined ? [] : [[arn, { kind: "redrive", account }] as const];
  });
  const forwards = stage.registry.members.map(
    (account) => [forwardRole(stage, account), { kind: "forward", account }] as const,
  );
  return new Map<string, RoleUse>([...redrives, ...forwards]);
}

/** Whom each managed policy is published for. */
function publishedPolicies(stage: Stage): ReadonlyMap<string, Publisher> {
  return new Map(
    publishers(stage.registry).flatMap((publisher) => {
      const arn = parameter(stage, publisher.account, `publisher-policies/${publisher.service}`);
      return arn === undefined ? [] : [[arn, publisher] as const];
    }),
  );
}

function strangeStatements({ of, kind, text, grants }: GuardedPolicy): ProofFailure[] {
  const failure = (problem: string, statement: unknown): ProofFailure => ({
    step: "read the policies",
    problem: `the ${kind} of ${of} ${problem}`,
    mend: "let it say only what the registry needs, or teach the rehearsal (rehearsal/grants.ts) what it is for",
    evidence: [JSON.stringify(statement)],
  });
  const statements = statementsOf(text);
  if (statements === undefined) return [failure("has a form that cannot be judged", text)];
  return statements.flatMap((statement) => {
    const problem = negation(statement) ?? grants(statement);
    return problem === undefined
      ? []
      : [failure(`has a statement ${statement.name} that ${problem}`, statement)];
  });
}

function negation({ negations }: StatementText): string | undefined {
  return negations.length === 0 ? undefined : `says what it does not mean (${negations.join(", ")})`;
}

interface EmittedGrant {
  readonly what: string;
  readonly needed: boolean;
}

function needed(stage: Stage): EmittedGrant[] {
  const uses = roleUses(stage);
  const published = publishedPolicies(stage);
  const { roles, managedPolicies } = stage.loaded.data;
  return [
    ...roles.map(({ arn }) => ({
      what: `role ${arn} belongs to no forward and no redrive`,
      needed: uses.has(arn),
    })),
    ...managedPolicies.map(({ arn }) => ({
      what: `managed policy ${arn} belongs to no service`,
      needed: published.has(arn),
    })),
  ];
}

function strangerFailures({ what, needed: isNeeded }: EmittedGrant): ProofFailure[] {
  return isNeeded
    ? []
    : [
        {
          step: "read the emitted resources",
          problem: what,
          mend: "remove it, or publish it as the parameter or target that needs it",
          evidence: [],
        },
      ];
}
