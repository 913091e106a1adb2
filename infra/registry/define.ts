import type { JsonObject } from "../aws/event-pattern.js";
import type { QuotaName } from "../aws/limits.js";
import type { AwsEventsDefinition } from "./aws-events/definition.js";
import type {
  ContractDefinition,
  ContractDefinitions,
  DetailDefinition,
  JsonSchemaDetail,
} from "./contract-definition.js";
import type {
  AlarmsDefinition,
  AuditTrailDefinition,
  BusLoggingDefinition,
  RolesDefinition,
} from "./operating-definitions.js";
import type { SubscriptionDefinitions } from "./subscriptions/definition.js";

export type { ContractDefinition, JsonSchemaDetail } from "./contract-definition.js";

/**
 * The functions and types a registry is written with. They type and nothing else: whatever they are
 * given they return, so that every mistake is found by {@link parseRegistry} and reported together.
 */

export interface AccountDefinition {
  /**
   * What it is called on AWS, in stacks and in commands; the key is how the registry names it. Default: the key. A key can be
   * renamed while the name is kept; another name replaces everything in the account's stack, as another stack.
   */
  readonly name?: string;
  /** One sentence for people: what lives in this account. */
  readonly description: string;
  /** True for the one account that owns the global bus. */
  readonly backbone?: boolean;
  /**
   * True for a member that is not in the organisation of the environments' `organizationId`, such as a partner's: its
   * account id is excepted from what binds the others to the organisation, and nobody else's. Default: false.
   */
  readonly outsideOrganization?: boolean;
}

export interface EnvironmentDefinition<Account extends string = string> {
  /**
   * AWS Region of every bus, such as `eu-west-1`. Changing it replaces everything in the environment, and is refused
   * where that is protected.
   */
  readonly region: string;
  /**
   * The AWS account id, twelve digits in quotes, of each account; or one id if all of them share one AWS
   * account (see docs/proof.md for what such an environment cannot promise). `null` for an account that is not in this
   * environment (yet): what names it is inactive here, and `backbone check` lists it. Changing an id replaces everything
   * in the account's stack, and is refused where that is protected.
   */
  readonly accountIds: string | Readonly<Record<Account, string | null>>;
  /** Beginning of every physical name. Changing it is like changing the Region. */
  readonly prefix: string;
  /**
   * AWS Organizations id, `o-…`. When given, the global bus refuses everybody outside it but accounts that say
   * `outsideOrganization`.
   */
  readonly organizationId?: string;
  /**
   * How publishers are told apart. `"statements"`: the global bus's policy names who may publish what, some 25 services in
   * 10,240 characters. `"organisation"`: it lets in every account of `organizationId`, and the forwards take a contract's
   * events from its publishers' accounts only; whoever administrates an account can then write into the global bus's log
   * and archive (see docs/scale.md). Needs an AWS account for each account. Default: `"statements"`. Changing it loses
   * nothing.
   */
  readonly publishing?: "statements" | "organisation";
  /** Whether Pulumi refuses to delete or replace what a stack has once: bus, logs, queues, archive, key. */
  readonly protect: boolean;
  /** Days the event logs are kept; one of the values CloudWatch Logs accepts. */
  readonly logRetentionDays: number;
  /**
   * Tags on everything here that AWS lets be tagged, such as `{ "cost-centre": "4711" }`, beside those of the project, which
   * begin with `event-backbone:`. Default: none. Changing one updates everything in place.
   */
  readonly tags?: Readonly<Record<string, string>>;
  /** What every IAM role made here has in common. Default: the path `/`, and no permissions boundary. */
  readonly roles?: RolesDefinition;
  /** Quotas AWS has raised for these accounts. Default: AWS's defaults. */
  readonly quotas?: Readonly<Partial<Record<QuotaName, number>>>;
  /** Keeps events for a replay. Default: no archive. Costs by the GB archived and kept. */
  readonly archive?: ArchiveDefinition<Account>;
  /**
   * Alarms on what is lost, delayed or too much, a topic that tells of them and a dashboard, in every account; `{}` is
   * enough. Default: none. Costs by the alarm (seven to ten an account) and the dashboard.
   */
  readonly alarms?: AlarmsDefinition;
  /** What each bus logs of its own work. Default: errors, without event details. Costs by the GB logged. */
  readonly busLogging?: BusLoggingDefinition;
  /**
   * Whether buses, archives and logs are encrypted with a customer key, one per account. Dead letters are under SQS's
   * own, and alarms under none: what tells that a key is gone must not need it.
   * Default: false, the keys AWS owns. Costs by the key and by the call: EventBridge calls it for events.
   * To stop, write `"ending"` first: nothing new is encrypted, and the keys stay until archives and logs
   * have expired (`backbone check` says when); `false` deletes the keys, and with them all they encrypted.
   */
  readonly encryption?: boolean | "ending";
  /**
   * Records who changes the routing in the backbone account or what watches it, and tells of every change that the
   * deploy role did not make. Needs `alarms`. Default: none. Costs by the log; a second trail in the account by the event, too.
   */
  readonly auditTrail?: AuditTrailDefinition;
}

export interface ArchiveDefinition<Account extends string = string> {
  /** Days the global bus's archive keeps an event. */
  readonly retentionDays: number;
  /** Days the local buses' archives keep theirs, by member. Default: local buses have none. */
  readonly local?: Readonly<Partial<Record<Account, number>>>;
}

export interface ServiceDefinition<
  Account extends string = string,
  Contracts extends ContractDefinitions = ContractDefinitions,
  Environment extends string = string,
> {
  /** What it is called on AWS and in commands. Default: its key. Another name is another publisher policy. */
  readonly name?: string;
  /** The account the service runs in. */
  readonly account: Account;
  /**
   * The `source` of its events. `{environment}` in it stands for the environment's name. Services may share a source:
   * no two contracts have both source and detail-type in common.
   */
  readonly source: string;
  /** Former sources, under which it may still publish the contracts that have its source. For the time of a renaming. */
  readonly alsoSources?: readonly string[];
  /** The account it comes from, out of which it may still publish. For the time of a move. */
  readonly alsoFrom?: Account;
  /** The environments it is in. Default: all that have its account. */
  readonly environments?: readonly Environment[];
  /** Who answers for the service: `@user`, `@acme/cases` or an e-mail address. Default: nobody is named. */
  readonly owner?: string;
  /** What the service publishes, by detail-type. */
  readonly contracts: Contracts;
}

/** What publishes on the global bus, and what AWS's services or partners put on buses of accounts. */
export type ServiceDefinitions = Readonly<Record<string, ServiceDefinition | AwsEventsDefinition>>;

/** `orders/Order.Created` for every contract of the services given. */
export type ContractKeyOf<Services extends ServiceDefinitions> = {
  [Service in keyof Services & string]: `${Service}/${keyof Services[Service]["contracts"] & string}`;
}[keyof Services & string];

/**
 * What a route can carry: one contract, those of a service whose detail-types begin alike (`orders/Order.*`), all
 * events of a service (`orders/*`) or all events (`*`).
 */
export type EventsOf<Services extends ServiceDefinitions> =
  | ContractKeyOf<Services>
  | `${keyof Services & string}/*`
  | "*"
  // The first of two is one character at least: `orders/*` would be swallowed, and not be completed any more.
  | `${keyof Services & string}/${string}${string}*`;

export interface RouteDefinition<
  Events extends string = string,
  Account extends string = string,
  Environment extends string = string,
> {
  /**
   * What it brings; a list means one route per item, each with the filter and the options of this one. Wildcards
   * leave out the account's own contracts, and take what is declared: a new contract of the service at once.
   */
  readonly events: Events | readonly Events[];
  /** The account whose local bus receives them. */
  readonly to: Account;
  /** Content filter on `detail`, in EventBridge's pattern language. Each contract that the route takes must have its fields. */
  readonly filter?: JsonObject;
  /** The environments it is in. Default: all that have both ends. */
  readonly environments?: readonly Environment[];
  /** Needed to send an account its own contract back; a safeguard against hearing oneself by accident. */
  readonly includeOwn?: boolean;
  /** Lets the filter ask for fields that the contract's schema allows without declaring them: no warning then. */
  readonly allowUndeclared?: boolean;
}

export interface PublisherDefinition<Events extends string = string, Service extends string = string> {
  /** Contracts that others may publish besides their owner. */
  readonly events: Events | readonly Events[];
  /** The services that may. To their accounts the contracts are as their own: wildcards leave them out. */
  readonly by: Service | readonly Service[];
}

export interface StoryDefinition<Contract extends string = string> {
  readonly title: string;
  /**
   * Contracts in the order they happen; whoever owns a step must have received the one before. Examples of what AWS or a
   * partner publishes are put on the bus that they come from.
   */
  readonly steps: readonly Contract[];
  /**
   * Path of a file, from the folder of Pulumi.yaml, that exports one function: called with the first step's example as
   * its owner, it begins the story. Default: the example is published.
   */
  readonly begins?: string;
}

export interface RegistryDefinition {
  readonly accounts: Readonly<Record<string, AccountDefinition>>;
  readonly environments: Readonly<Record<string, EnvironmentDefinition>>;
  /** The environment of a stack whose name carries none. */
  readonly defaultEnvironment: string;
  readonly services: ServiceDefinitions;
  readonly routes: readonly RouteDefinition[];
  /** What services want to hear, by service and name. Default: they write rules of their own. */
  readonly subscriptions?: SubscriptionDefinitions;
  /** Who else may publish a contract. Default: its owner alone. */
  readonly publishers?: readonly PublisherDefinition[];
  /** `any` takes every text for a source; `reverse-dns`, the default, warns of what is not such as `com.example.orders`. */
  readonly sourceStyle?: "reverse-dns" | "any";
  readonly stories?: Readonly<Record<string, StoryDefinition>>;
  /**
   * Contract that `backbone canary` publishes to see whether events arrive, with a mark in `resources`. Consumers
   * that must not act on it leave such events out, so choose one that does little harm, or declare one for this.
   */
  readonly canary?: string;
}

type AccountDefinitions = Readonly<Record<string, AccountDefinition>>;

/** Names of the accounts that host services and receive events: all but the backbone. */
export type MemberOf<Accounts extends AccountDefinitions> = {
  [Name in keyof Accounts & string]: Accounts[Name] extends { readonly backbone: true } ? never : Name;
}[keyof Accounts & string];

/** Refuses what an account's definition does not have, which inference would let pass, and a backbone outside. */
type Exactly<Accounts extends AccountDefinitions> = {
  readonly [Name in keyof Accounts]: Readonly<
    Record<Exclude<keyof Accounts[Name], keyof AccountDefinition>, never>
  > &
    (Accounts[Name] extends { readonly backbone: true } ? { readonly outsideOrganization?: false } : unknown);
};

/** Keeps which account is the backbone, so that the types of services and routes can leave it out. */
export function defineAccounts<const Accounts extends AccountDefinitions>(
  accounts: Accounts & Exactly<Accounts>,
): Accounts {
  return accounts;
}

/** @param _accounts lends its keys, so that the editor completes account names and rejects others */
export function defineEnvironments<Accounts extends AccountDefinitions, Name extends string>(
  _accounts: Accounts,
  environments: Readonly<Record<Name, EnvironmentDefinition<keyof Accounts & string>>>,
): typeof environments {
  return environments;
}

/** Each example of a contract is checked against its `detail` schema as it is typed, where that is written with zod. */
export function defineService<
  Accounts extends AccountDefinitions,
  const Details extends Readonly<Record<string, DetailDefinition>>,
  const Environment extends string = never,
>(
  _accounts: Accounts,
  service: ServiceDefinition<
    MemberOf<Accounts>,
    { readonly [DetailType in keyof Details]: ContractDefinition<Details[DetailType]> },
    Environment
  >,
): typeof service {
  return service;
}

/** As {@link defineService}, for events of AWS's services and of partners. */
export function defineAwsEvents<
  Accounts extends AccountDefinitions,
  const Details extends Readonly<Record<string, DetailDefinition>>,
  const Environment extends string = never,
>(
  _accounts: Accounts,
  events: AwsEventsDefinition<
    keyof Accounts & string,
    { readonly [DetailType in keyof Details]: ContractDefinition<Details[DetailType]> },
    Environment
  >,
): typeof events {
  return events;
}

/**
 * A JSON Schema as a contract's `detail`, of draft 2020-12 or draft-07, as its `$schema` says (default: 2020-12).
 * Whatever is wrong with it is reported when the registry is checked; nothing is read from the network.
 * @param schema the schema itself, whose references to files begin in the folder of Pulumi.yaml; or the path of a JSON or YAML file, from the folder of Pulumi.yaml; or the file's
 *   URL, for a registry that stands elsewhere: `new URL("./document.yaml", import.meta.url)`
 */
export function jsonSchema(schema: JsonObject | string | URL): JsonSchemaDetail {
  return { jsonSchema: schema };
}

export function defineRoutes<
  Accounts extends AccountDefinitions,
  Services extends ServiceDefinitions,
  const Environment extends string = never,
>(
  _accounts: Accounts,
  _services: Services,
  routes: readonly RouteDefinition<EventsOf<Services>, MemberOf<Accounts>, Environment>[],
): typeof routes {
  return routes;
}

export function definePublishers<Services extends ServiceDefinitions>(
  _services: Services,
  publishers: readonly PublisherDefinition<Exclude<EventsOf<Services>, "*">, keyof Services & string>[],
): typeof publishers {
  return publishers;
}

export function defineStories<Services extends ServiceDefinitions>(
  _services: Services,
  stories: Readonly<Record<string, StoryDefinition<ContractKeyOf<Services>>>>,
): typeof stories {
  return stories;
}

export function defineCanary<Services extends ServiceDefinitions>(
  _services: Services,
  contract: ContractKeyOf<Services>,
): typeof contract {
  return contract;
}

export function defineRegistry<Environments extends RegistryDefinition["environments"]>(
  registry: Omit<RegistryDefinition, "environments" | "defaultEnvironment" | "services" | "routes"> & {
    readonly environments: Environments;
    readonly defaultEnvironment: keyof Environments & string;
    readonly services: Readonly<
      Record<
        string,
        | ServiceDefinition<string, ContractDefinitions, keyof Environments & string>
        | AwsEventsDefinition<string, ContractDefinitions, keyof Environments & string>
      >
    >;
    readonly routes: readonly RouteDefinition<string, string, keyof Environments & string>[];
  },
): RegistryDefinition {
  return registry;
}
