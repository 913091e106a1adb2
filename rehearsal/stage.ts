import type { JsonValue } from "event-patterns";
import {
  type CallerData,
  deliverEvents,
  deliverServiceEvent,
  type Delivery,
  type NamedPolicy,
  type Telling,
  type World,
} from "eventbridge-simulator";
import {
  type Contract,
  declaredTypes,
  type Environment,
  inEnvironment,
  type JsonObject,
  outsideMembers,
  type Publication,
  publicationsOf,
  type Publisher,
  type Registry,
  sharedAccounts,
  underEachSource,
} from "../infra/registry/index.js";
import { arnOf } from "./emission/arns.js";
import { type LoadedAccount, type LoadedPlan, loadPlan } from "./emission/assemble.js";
import type { RecordedPlan } from "./emission/plan-file.js";
import { inOneSpelling } from "./emission/spelling.js";
import { namedIn } from "./named.js";

/** Everything the proofs look at: what is expected (the registry) and what is emitted (the loaded plan). */
export interface Stage {
  readonly registry: Registry;
  readonly environment: Environment;
  /** Every way for events onto the global bus, as the registry has it. */
  readonly publications: readonly Publication[];
  /** Detail-types by source, whoever publishes them. */
  readonly declared: ReadonlyMap<string, readonly string[]>;
  /** The emitted resources as they were recorded, in one spelling: options, and the order of things. */
  readonly plan: RecordedPlan;
  readonly loaded: LoadedPlan;
  readonly world: World;
  readonly account: (name: string) => LoadedAccount;
  /** Where publishers put events: what the parameters of an account say. */
  readonly globalBusFor: (account: string) => string | undefined;
  /** ARN of the bus an account has. */
  readonly busOf: (account: string) => string;
  /** The account a bus, log group or queue belongs to, by ARN; accounts may share one AWS account. */
  readonly ownerOf: (arn: string) => string | undefined;
  /** Accounts that are one AWS account with others, or with the backbone. */
  readonly sharing: ReadonlySet<string>;
  readonly sharesBackbone: (account: string) => boolean;
}

export type Opening =
  { readonly ok: true; readonly stage: Stage } | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Sets registry and emitted resources beside each other. What of them cannot be read is among the loaded plan's problems.
 * @returns what is wrong instead, if the resources do not fit the registry at all: an account without stack or bus, or with
 *   several, another id or Region than the registry says
 */
export function openStage(whole: Registry, environment: Environment, plan: RecordedPlan): Opening {
  const registry = inEnvironment(whole, environment);
  if (plan.environment !== environment.name) {
    return {
      ok: false,
      problems: [`the plan is of environment "${plan.environment}", not "${environment.name}"`],
    };
  }
  // Everything in them is there twice, and that says nothing more.
  const twice = stacksOfOneAccount(plan);
  if (twice.length > 0) return { ok: false, problems: twice };
  const outside = outsideMembers(registry, environment).flatMap(
    (name) => environment.accountIds.get(name) ?? [],
  );
  const loaded = loadPlan(
    plan,
    new Set(outside),
    namedIn(registry, environment),
    partnerBusesOf(registry, environment),
  );
  const problems = misfits(registry, environment, loaded);
  if (plan.organizationId !== environment.organizationId) {
    problems.push(
      `the plan is of organisation ${plan.organizationId ?? "none"}, the registry says ${environment.organizationId ?? "none"}`,
    );
  }
  return problems.length > 0
    ? { ok: false, problems: [...loaded.problems.map(({ problem }) => problem), ...problems] }
    : { ok: true, stage: setStage(registry, environment, inOneSpelling(plan), loaded) };
}

/** ARNs of the partner buses that the registry names: who has them has associated them with the partner. */
function partnerBusesOf(registry: Registry, { accountIds, region }: Environment): string[] {
  const arns = [...registry.contracts.values()].flatMap(({ origin }) =>
    origin === undefined || origin.bus === "default"
      ? []
      : origin.accounts.map((name) =>
          arnOf.bus({ region, accountId: accountIds.get(name) ?? "" }, origin.bus),
        ),
  );
  return [...new Set(arns)];
}

/** Everything is asked account by account; of two stacks of one account, one would never be looked at. */
function stacksOfOneAccount({ stacks }: RecordedPlan): string[] {
  return [...new Set(stacks.map(({ account }) => account))].flatMap((name) => {
    const [first, ...others] = stacks.filter(({ account }) => account === name).map(({ stack }) => stack);
    return first === undefined || others.length === 0
      ? []
      : [
          `account "${name}" has several stacks in the plan, ${[first, ...others].join(" and ")}; keep one of them`,
        ];
  });
}

function misfits(registry: Registry, environment: Environment, loaded: LoadedPlan): string[] {
  const unknown = [...loaded.accounts.keys()].filter((name) => !registry.accounts.has(name));
  const misfit = [...registry.accounts.keys()].flatMap((name) => {
    const account = loaded.accounts.get(name);
    const id = environment.accountIds.get(name);
    if (account === undefined) return [`account "${name}" has no stack in the plan`];
    return [
      ...(account.bus === undefined ? [`account "${name}" needs exactly one bus`] : []),
      ...(account.id === id
        ? []
        : [`account "${name}" is ${String(id)} in the registry but its stack deploys to ${account.id}`]),
      ...(account.region === environment.region
        ? []
        : [
            `account "${name}" is in ${environment.region} in the registry but its stack deploys to ${account.region}`,
          ]),
    ];
  });
  return [
    ...unknown.map((name) => `the plan has a stack of account "${name}", which the registry does not know`),
    ...misfit,
  ];
}

function setStage(
  registry: Registry,
  environment: Environment,
  plan: RecordedPlan,
  loaded: LoadedPlan,
): Stage {
  const account = (name: string): LoadedAccount => {
    const found = loaded.accounts.get(name);
    if (found === undefined) throw new Error(`no account ${name} on the stage`);
    return found;
  };
  const owners = new Map(
    [...loaded.accounts.values()].flatMap(({ name, bus, logGroups, queues, encryptionFailures }) =>
      [bus, ...logGroups, ...queues, encryptionFailures].flatMap((arn) =>
        arn === undefined ? [] : [[arn, name] as const],
      ),
    ),
  );
  const publications = publicationsOf(registry);
  return {
    registry,
    environment,
    publications,
    declared: declaredTypes(publications),
    plan,
    loaded,
    world: loaded.world,
    account,
    globalBusFor: (name) => parameter({ environment, account }, name, "global-bus-arn"),
    busOf: (name) => account(name).bus ?? "",
    ownerOf: (arn) => owners.get(arn),
    sharing: new Set(sharedAccounts(environment).flat()),
    sharesBackbone: (name) => account(name).id === account(registry.backbone).id,
  };
}

/** Value of an account's parameter `/<prefix>/<account>/<leaf>`: what an application in the account reads. */
export function parameter(
  { environment, account }: Pick<Stage, "environment" | "account">,
  name: string,
  leaf: string,
): string | undefined {
  return account(name).parameters.get(`/${environment.prefix}/${name}/${leaf}`);
}

/** The managed policy that is published for a service in one of its accounts, found as the service finds it. */
export function publisherPolicy(stage: Stage, { service, account }: Publisher): NamedPolicy | undefined {
  const arn = parameter(stage, account, `publisher-policies/${service}`);
  const emitted = stage.loaded.data.managedPolicies.find((policy) => policy.arn === arn);
  return emitted && { name: emitted.arn, policy: emitted.policy };
}

/** A role in the publisher's account that carries exactly the policy published for the service. */
export function publisherOf(stage: Stage, publisher: Publisher): CallerData {
  const policy = publisherPolicy(stage, publisher);
  return {
    arn: anyRole(stage, stage.account(publisher.account).id, `publisher-of-${publisher.service}`),
    policies: policy === undefined ? [] : [policy],
  };
}

/** What an account's own administrators can grant: everything. */
export const everything: NamedPolicy = {
  name: "AdministratorAccess",
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: "Everything", Effect: "Allow", Action: "*", Resource: "*" }],
  }),
};

/** A role of the account that its own account lets do anything, and give itself any tag. */
export function administratorOf(stage: Stage, account: string): CallerData {
  return {
    arn: anyRole(stage, stage.account(account).id, `administrator-of-${account}`),
    policies: [everything],
    tags: "any",
  };
}

function anyRole({ environment }: Stage, accountId: string, name: string): string {
  return arnOf.role({ region: environment.region, accountId }, name);
}

/** The name in `arn:aws:events:<region>:<account>:event-bus/<name>`. */
export function busName(busArn: string): string {
  return busArn.slice(busArn.indexOf("/") + 1);
}

/** The simulator has no clock; every rehearsal happens at this moment. */
export const rehearsalTime = "2026-01-01T12:00:00Z";

export interface PublishedEvent {
  /** With the service and account that publish it, and the source under which they do. */
  readonly contract: Pick<Contract, "service" | "account" | "origin" | "source" | "detailType">;
  readonly detail: JsonObject;
  readonly resources?: readonly string[];
  /** Default: a role of the account that carries the service's publisher policy. */
  readonly caller?: CallerData;
}

/**
 * A contract as each of its publishers has it, under each of its sources; as its owner does first. As it comes from each
 * account, where AWS or a partner publishes it.
 */
export function asPublished(contract: Contract): readonly [Contract, ...Contract[]] {
  const publishers = contract.origin?.accounts.map((account) => ({ account })) ?? contract.publishers;
  const [first = contract, ...others] = publishers.flatMap((publisher) =>
    underEachSource({ ...contract, ...publisher }),
  );
  return [first, ...others];
}

/** Puts one event of a contract on the global bus; of AWS's own on the bus that they come from. */
export function publish(stage: Stage, published: PublishedEvent, telling: Telling = "proof"): Delivery {
  const { contract, detail, resources = [] } = published;
  const id = `rehearsal-${contract.service}-${contract.detailType}`;
  if (contract.origin !== undefined) {
    const { account, source, detailType, origin } = contract;
    return putByAws(stage, { id, account, bus: origin.bus, source, detailType, detail, resources }, telling);
  }
  const { caller = publisherOf(stage, contract) } = published;
  return deliverEvents(
    stage.world,
    {
      caller,
      region: stage.environment.region,
      time: rehearsalTime,
      entries: [
        {
          id,
          entry: {
            Source: contract.source,
            DetailType: contract.detailType,
            Detail: JSON.stringify(detail),
            Resources: resources,
            EventBusName: stage.globalBusFor(contract.account),
          },
        },
      ],
    },
    telling,
  );
}

/** What AWS's services, or a partner, put on a bus that is there without the backbone. */
export interface EventOfAws {
  readonly id: string;
  /** Name of the account whose bus it is. */
  readonly account: string;
  /** `default`, or the name of a partner bus. */
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: JsonValue;
  readonly resources: readonly string[];
  readonly time?: string | undefined;
}

/** Nobody is asked whether AWS or a partner may put it there. */
export function putByAws(stage: Stage, put: EventOfAws, telling: Telling): Delivery {
  const { id, bus, source, detailType, detail, resources, time = rehearsalTime } = put;
  const { id: account, region } = stage.account(put.account);
  const head = { version: "0", id, "detail-type": detailType, source, account, time, region };
  return deliverServiceEvent(
    stage.world,
    arnOf.bus({ region, accountId: account }, bus),
    { ...head, resources, detail },
    telling,
  );
}
