import type { JsonObject } from "../aws/event-pattern.js";
import type { busLogLevels, QuotaName } from "../aws/limits.js";
import type { DetailSchema } from "./detail/schema.js";
import type { Problem } from "./problem.js";
import type { TargetKinds } from "./subscriptions/definition.js";

/** A registry that has passed every check. Maps and lists are sorted by key, whatever order they were written in. */
export interface Registry {
  /** Name of the account that owns the global bus. */
  readonly backbone: string;
  /** Names of all other accounts. */
  readonly members: readonly string[];
  readonly accounts: ReadonlyMap<string, Account>;
  readonly environments: ReadonlyMap<string, Environment>;
  readonly defaultEnvironment: string;
  readonly services: ReadonlyMap<string, Service>;
  /** By key, `orders/Order.Created`. */
  readonly contracts: ReadonlyMap<string, Contract>;
  /** Each contract comes to an account once: in an environment, by what subscriptions bring it, too. */
  readonly routes: readonly Route[];
  readonly subscriptions: readonly Subscription[];
  readonly stories: readonly Story[];
  /** Key of the contract that the canary publishes. */
  readonly canary?: string;
  /** What is allowed and probably not meant, with paths into the registry as it was written. */
  readonly warnings: readonly Problem[];
}

export interface Account {
  readonly name: string;
  readonly description: string;
  /** Only of a member that is in another organisation than the environments', or in none. */
  readonly outsideOrganization?: true;
  /** Names of the services it hosts, those included that are on their way to another account. */
  readonly services: readonly string[];
}

export interface Environment {
  readonly name: string;
  readonly region: string;
  /** Account id, twelve digits, by account name; accounts that are not in this environment are absent. */
  readonly accountIds: ReadonlyMap<string, string>;
  readonly prefix: string;
  readonly organizationId?: string;
  /** What tells publishers apart: the global bus's policy, or the `account` that forwards bind. */
  readonly publishing: "statements" | "organisation";
  readonly protect: boolean;
  /** Days. */
  readonly logRetentionDays: number;
  /** By key, sorted. */
  readonly tags: Readonly<Record<string, string>>;
  readonly roles?: RoleSettings;
  /** Only the quotas that were raised. */
  readonly quotas: ReadonlyMap<QuotaName, number>;
  readonly archive?: ArchiveSettings;
  /** Accounts for which `archive.local` has days, and which are not in this environment. */
  readonly archivesElsewhere: readonly string[];
  readonly alarms?: AlarmSettings;
  readonly busLogging: BusLogging;
  /** Whether every account has a customer key; `ending`: for what it has encrypted, but nothing new. */
  readonly encryption: boolean | "ending";
  readonly auditTrail?: AuditTrailSettings;
}

/** What every IAM role has in common. */
export interface RoleSettings {
  /** Begins and ends with a slash. */
  readonly path?: string;
  /** Name of a managed policy of every account, with its path if it has one: `team/boundary`. */
  readonly permissionsBoundary?: string;
  /** Names of roles with their path, `*` for any characters: who alone may take on a redrive role. */
  readonly redrivers?: readonly string[];
}

export interface ArchiveSettings {
  /** Days, on the global bus. */
  readonly retentionDays: number;
  /** Days by member; members without one have no archive. */
  readonly local: ReadonlyMap<string, number>;
}

export interface AlarmSettings {
  readonly emails: readonly string[];
  /** Link. */
  readonly runbook?: string;
}

export interface BusLogging {
  readonly level: BusLogLevel;
  readonly includeDetail: boolean;
}

export type BusLogLevel = (typeof busLogLevels)[number];

export interface AuditTrailSettings {
  /** Days. */
  readonly retentionDays: number;
  /** `*` stands for any characters. */
  readonly deployRoleArn: string;
}

/** Buses on which AWS's services or a partner put events: none of them is the backbone's. */
export interface Origin {
  /** `default`, or the name of a partner bus. */
  readonly bus: string;
  /** Accounts whose bus it is. In an environment, one for each AWS account. */
  readonly accounts: readonly string[];
  /** Whether management events that only read are wanted, too. */
  readonly readOnlyManagementEvents?: true;
}

export interface Service {
  readonly name: string;
  /** Where it runs; of AWS's own events the first account that they come from. */
  readonly account: string;
  /** Only of events that AWS's services or a partner publish. */
  readonly origin?: Origin;
  /** The account it comes from, out of which it publishes, too. */
  readonly alsoFrom?: string;
  readonly source: string;
  /** Names of the environments it is in; absent for all. */
  readonly environments?: readonly string[];
  /** Who answers for it, if anybody is named. */
  readonly owner?: string;
  /** Keys of the contracts it owns. */
  readonly contracts: readonly string[];
}

/** A service in one of its accounts. */
export interface Publisher {
  readonly service: string;
  readonly account: string;
}

export interface Contract {
  /** `<service>/<detail-type>`. */
  readonly key: string;
  readonly service: string;
  /** The account of the service that owns it. */
  readonly account: string;
  /** Only of events that AWS's services or a partner publish. */
  readonly origin?: Origin;
  /** Who may publish it, each from an account; the owner first. Nobody, where AWS or a partner does. */
  readonly publishers: readonly Publisher[];
  readonly source: string;
  /** Other sources under which it is published, too: former ones. */
  readonly alsoSources: readonly string[];
  readonly detailType: string;
  readonly version: number;
  readonly description: string;
  /** What to use instead; only of a contract that is to go. */
  readonly deprecated?: string;
  /** Who answers for it, if it names somebody itself. */
  readonly owner?: string;
  /** Events a second at its busiest moment, if it says so. */
  readonly peakPerSecond?: number;
  /** Whether event logs leave out its detail. */
  readonly sensitive?: true;
  readonly detail: DetailSchema;
  /** The detail that stands for all: of several examples the first, as they are written. */
  readonly example: JsonObject;
  /** Every detail that the rehearsal publishes, in the order in which they are written; at least one. */
  readonly examples: readonly Example[];
}

export interface Example {
  /** Only of those that are written by name. */
  readonly name?: string;
  readonly detail: JsonObject;
}

/** What a route names. */
export type EventSelector =
  | { readonly kind: "contract"; readonly contract: string }
  /** Contracts of one service whose detail-types begin alike. */
  | { readonly kind: "prefix" }
  | { readonly kind: "service"; readonly service: string }
  | { readonly kind: "all" };

export interface Route {
  /** As written, of a list one item: `orders/Order.Created`, `orders/Order.*`, `orders/*` or `*`. */
  readonly events: string;
  readonly selector: EventSelector;
  readonly to: string;
  readonly filter?: ContentFilter;
  /** Names of the environments it is in; absent for all. */
  readonly environments?: readonly string[];
  /** Keys of the contracts it carries. */
  readonly contracts: readonly string[];
}

/** What a service wants to hear, and where it is to go. */
export interface Subscription {
  /** `<service>/<name>`. */
  readonly key: string;
  readonly name: string;
  readonly service: string;
  /** The account of the service. */
  readonly account: string;
  /** What it takes, each with its filter; all to the account. */
  readonly routes: readonly Route[];
  readonly target: SubscriptionTarget;
  /** Only what is not EventBridge's default. */
  readonly retry?: RetrySettings;
  /** Keys of the contracts that the code behind it publishes in answer. */
  readonly answers: readonly string[];
}

export interface RetrySettings {
  /** Seconds. */
  readonly maximumEventAgeInSeconds?: number | undefined;
  readonly maximumRetryAttempts?: number | undefined;
}

/** Things of the account by name, deployed elsewhere; or what is made for it: a queue, or one that feeds a function. */
export type SubscriptionTarget = NamedTarget | MadeQueue | MadeFunction;

export interface NamedTarget {
  readonly kind: keyof TargetKinds;
  readonly name: string;
  /** ARN of the customer key of a queue or topic. */
  readonly key?: string | undefined;
  /** Of a stream. */
  readonly partitionKeyPath?: string | undefined;
}

export interface MadeQueue {
  readonly kind: "madeQueue";
  readonly visibilityTimeoutSeconds: number;
  readonly maxReceiveCount: number;
}

/** A function with a queue of its own. */
export interface MadeFunction extends Omit<MadeQueue, "kind"> {
  readonly kind: "madeFunction";
  /** Path of the TypeScript file that exports `handler`, from the folder of Pulumi.yaml. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Messages that one call gets at most. */
  readonly batchSize: number;
  /** Calls at the same time at most; absent for as many as the account allows. */
  readonly maximumConcurrency?: number | undefined;
  /** Whether it has a table by which it does a thing once. */
  readonly once: boolean;
}

/** Whether it is made here, and has a queue of its own. */
export function isMade(target: SubscriptionTarget): target is MadeQueue | MadeFunction {
  return target.kind === "madeQueue" || target.kind === "madeFunction";
}

/** A condition on `detail`, in EventBridge's pattern language. */
export interface ContentFilter {
  readonly detail: JsonObject;
}

export interface Story {
  readonly name: string;
  readonly title: string;
  /** Keys of contracts. */
  readonly steps: readonly string[];
  /** Path of the file whose function begins it. */
  readonly begins?: string | undefined;
}

/** Accounts that are one AWS account in an environment: the names of two or more, for each such AWS account. */
export function sharedAccounts({
  accountIds,
}: Pick<Environment, "accountIds">): readonly (readonly string[])[] {
  return groupBy([...accountIds], ([, id]) => id)
    .map((group) => group.map(([name]) => name))
    .filter(({ length }) => length > 1);
}

/** The accounts out of which a service publishes, its own first: none, where AWS or a partner does. */
export function accountsOf({ account, alsoFrom, origin }: Service): readonly string[] {
  if (origin !== undefined) return [];
  return alsoFrom === undefined ? [account] : [account, alsoFrom];
}

/** Every service in each of its accounts. */
export function publishers({ services }: Registry): Publisher[] {
  return [...services.values()].flatMap((service) =>
    accountsOf(service).map((account) => ({ service: service.name, account })),
  );
}

/** The bus that events of AWS come from, in words: `default bus of orders`; where several accounts have it, without them. */
export function describeOrigin({ bus, accounts }: Origin): string {
  const [account, ...others] = accounts;
  const of = others.length === 0 ? `of ${String(account)}` : `of ${accounts.length} accounts`;
  return bus === "default" ? `default bus ${of}` : `${bus} ${of}`;
}

/** The sources under which a contract is published: its own first. */
export function sourcesOf({
  source,
  alsoSources,
}: Pick<Contract, "source" | "alsoSources">): readonly string[] {
  return [source, ...alsoSources];
}

/** A contract as it is under each of its sources: its own first. */
export function underEachSource(contract: Contract): Contract[] {
  return sourcesOf(contract).map((source) => ({ ...contract, source }));
}

/** The account whose name stands for an AWS account in an environment: of those that share it the first, the backbone before all. */
export function holderOf({ backbone }: Registry, { accountIds }: Environment, account: string): string {
  const id = accountIds.get(account);
  if (accountIds.get(backbone) === id) return backbone;
  return [...accountIds].find(([, other]) => other === id)?.[0] ?? account;
}

/**
 * Members that are outside the organisation of an environment, where it has one. Who shares an AWS account with one that
 * is inside is inside.
 * @param registry as it is in the environment
 */
export function outsideMembers(
  { members, accounts }: Registry,
  { organizationId, accountIds }: Environment,
): string[] {
  if (organizationId === undefined) return [];
  const isOutside = (account: string) => accounts.get(account)?.outsideOrganization === true;
  const inside = [...accounts.keys()].filter((account) => !isOutside(account));
  const insideIds = new Set(inside.map((account) => accountIds.get(account)));
  return members.filter((member) => isOutside(member) && !insideIds.has(accountIds.get(member)));
}

/** The contracts whose detail no event log may hold. */
export function sensitiveContracts({ contracts }: Registry): Contract[] {
  return [...contracts.values()].filter(({ sensitive }) => sensitive === true);
}

/** Order by code unit: the same on every machine, whatever its locale. */
export function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Items that have a key in common, together; groups and their items in the order they are met. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): [Item, ...Item[]][] {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
