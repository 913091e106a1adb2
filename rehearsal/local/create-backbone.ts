import type { RegistryDefinition } from "../../infra/registry/define.js";
import { type Contract, describeConformity, conformityOf } from "../../infra/registry/index.js";
import { publisherOf, type Stage } from "../stage.js";
import { LocalBackbone } from "./backbone.js";
import { type Duration, millisecondsOf, SteppingClock } from "./clock.js";
import type { Faults } from "./faults.js";
import type { Handler } from "./invoke.js";
import type { DeadLetter } from "./letters.js";
import { loadHandlers } from "./load-handlers.js";
import { isOfAws, type OriginBus, originBusOf, type Sender, senderOf } from "./senders.js";
import { projectFolder, stageFor } from "./stages.js";
import { tellStory } from "./story.js";
import type { ToldDelivery, ToldEvent } from "./tell.js";

export interface BackboneOptions {
  /** Default: the registry's `defaultEnvironment`. */
  readonly environment?: string;
  /** Services, or subscriptions by key, whose handlers run; what comes to others stays in their queues. Default: all. */
  readonly only?: readonly string[];
  /** Handlers by subscription, in place of those in files: what `consume` of backbone-runtime returns. */
  readonly handlers?: Readonly<Record<string, Handler>>;
  /** What goes wrong, by subscription: `{ "delivery/start-delivery": failTimes(2) }`. */
  readonly faults?: Readonly<Record<string, Partial<Faults>>>;
  /** Whether every message comes twice, the second time when the first is done with. */
  readonly duplicates?: boolean;
  /** How many events one may lead to, before they are taken for a circle. Default: 1,000. */
  readonly budget?: number;
  /** Folder from which the paths of handlers are. Default: the project's. */
  readonly root?: string;
}

export interface PutOptions {
  /**
   * Service, or account, that publishes. Default: the service that owns the contract. Of events of AWS and of partners the
   * account on whose bus they are put; default: the first that they come from.
   */
  readonly as?: string;
  /** Lets a detail through that breaks its contract, to see what its consumers make of it. */
  readonly unchecked?: boolean;
}

/** What became of one event. */
export interface Put {
  readonly id: string;
  /** Why the bus did not take it; undefined if it did. */
  readonly refused: string | undefined;
  /** What became of it at each subscription that it came to. */
  readonly deliveries: readonly ToldDelivery[];
}

/**
 * The backbone of a registry in this process, for tests of a service: the emitted rules and policies decide, handlers run as
 * they are, and time passes only when it is told to.
 * @param registry as `config/index.ts` exports it
 * @throws RegistryError, TopologyError, HandlersError with everything that is wrong
 */
export async function createBackbone(
  registry: RegistryDefinition,
  options: BackboneOptions = {},
): Promise<Backbone> {
  const {
    environment,
    only,
    handlers = {},
    faults = {},
    duplicates = false,
    budget,
    root = projectFolder,
  } = options;
  const stage = await stageFor(registry, environment);
  const { subscriptions, services } = stage.registry;
  for (const name of only ?? []) {
    if (services.has(name) || subscriptions.some(({ key }) => key === name)) continue;
    const known = [...services.keys(), ...subscriptions.map(({ key }) => key)];
    throw new Error(
      `only: no service or subscription is named ${JSON.stringify(name)}; there are ${known.join(", ")}`,
    );
  }
  const running = subscriptions.filter(
    ({ key, service }) => only === undefined || only.includes(key) || only.includes(service),
  );
  const inFiles = running.filter(({ key }) => handlers[key] === undefined);
  const loaded = await loadHandlers(root, inFiles);
  const backbone = new Backbone(stage, budget);
  for (const { key } of subscriptions.filter(({ target }) => hasQueue(target.kind))) {
    if (duplicates) backbone.faults(key, { deliverTwice: Infinity });
  }
  for (const [key, fault] of Object.entries(faults)) backbone.faults(key, fault);
  for (const [key, handler] of [...loaded, ...Object.entries(handlers)]) backbone.handle(key, handler);
  return backbone;
}

function hasQueue(kind: string): boolean {
  return kind === "madeQueue" || kind === "madeFunction" || kind === "queue";
}

/** Made by {@link createBackbone}. */
export class Backbone implements AsyncDisposable {
  readonly #stage: Stage;
  readonly #clock = new SteppingClock();
  readonly #local: LocalBackbone;

  constructor(stage: Stage, budget?: number) {
    this.#stage = stage;
    this.#local = new LocalBackbone(stage, {
      clock: this.#clock,
      ...(budget === undefined ? {} : { budget }),
    });
  }

  /**
   * Publishes one event, or puts it on its bus as AWS does, and waits until nothing runs any more: deliveries, handlers, what they publish, and what that leads to.
   * @param contract key, such as `orders/Order.Created`
   * @param detail default: the contract's example
   * @throws Error for what makes no sense: a contract or publisher that is not there, a detail that breaks the contract
   * @throws CircleError if it leads to more events than the budget allows
   */
  async put(contract: string, detail?: unknown, { as, unchecked = false }: PutOptions = {}): Promise<Put> {
    const found = this.#contract(contract);
    const { source, detailType, account, example } = found;
    const { registry, environment } = this.#stage;
    const sender = this.#senderOf(found, as);
    const entry = { Source: source, DetailType: detailType, Detail: JSON.stringify(detail ?? example) };
    const problem = describeConformity(
      conformityOf(
        registry,
        { source, detailType, account: environment.accountIds.get(account), detail: entry.Detail },
        environment,
      ),
      { source, detailType },
    );
    if (problem !== undefined && !unchecked)
      throw new Error(`${problem} (to see what consumers make of it: put(…, { unchecked: true }))`);
    const id = this.#local.put(sender, entry);
    await this.settle();
    const event = this.#local.tell(id);
    return { id, refused: event?.refused, deliveries: event?.deliveries ?? [] };
  }

  /**
   * Runs code that is no handler as a service (or an account), such as what takes an order, and waits as
   * {@link Backbone.put}: what it publishes comes onto this backbone.
   */
  async as<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
    const result = await this.#local.runAs(senderOf(this.#stage, name), work);
    await this.settle();
    return result;
  }

  /** Events that have been published, whether they were taken or not, in their order. */
  events(contract?: string): readonly ToldEvent[] {
    const key = contract === undefined ? undefined : this.#contract(contract).key;
    return this.#local.told().filter((event) => key === undefined || event.contract === key);
  }

  /** Events that the bus did not take. */
  get refused(): readonly ToldEvent[] {
    return this.events().filter(({ refused }) => refused !== undefined);
  }

  /** What became of an event at a subscription, or why it did not come there, in a sentence. */
  why(subscription: string, id: string): string {
    return this.#local.why(subscription, id);
  }

  /** All events with what they led to, as a tree without ids and times: for `toMatchInlineSnapshot`. */
  story(): string {
    return tellStory(this.events());
  }

  /** Keys of all contracts. */
  contracts(): readonly string[] {
    return [...this.#stage.registry.contracts.keys()];
  }

  /** Lets time pass, such as `5 minutes`, and whatever is due meanwhile happen. */
  async advance(duration: Duration): Promise<void> {
    await this.#clock.advance(millisecondsOf(duration), () => this.settle());
    await this.settle();
  }

  /** Resolves when nothing runs any more. What waits for time to pass waits on. */
  settle(): Promise<void> {
    return this.#local.settle();
  }

  /** What a subscription's consumer has given up, and what EventBridge could not give to it. */
  deadLetters(subscription: string): readonly DeadLetter[] {
    return this.#local.deadLetters(subscription);
  }

  /**
   * Gives the letters of a subscription back to it, as an operator does, and waits as {@link Backbone.put}.
   * @returns what became of each event
   */
  async redrive(subscription: string): Promise<readonly ToldDelivery[]> {
    const ids = this.#local.redrive(subscription);
    await this.settle();
    return ids.flatMap(
      (id) =>
        this.#local.tell(id)?.deliveries.filter((delivery) => delivery.subscription === subscription) ?? [],
    );
  }

  /** What is to go wrong with a subscription from now on. */
  faults(subscription: string, faults: Partial<Faults>): void {
    Object.assign(this.#local.faults(subscription), faults);
  }

  /** Whose code takes what comes to a subscription from now on. */
  handle(subscription: string, handler: Handler): void {
    this.#local.handle(subscription, handler);
  }

  /** Nothing of it runs afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#local.close();
    await Promise.resolve();
  }

  #senderOf(contract: Contract, as: string | undefined): Sender | OriginBus {
    if (isOfAws(contract)) return originBusOf(this.#stage, contract, as);
    if (as !== undefined) return senderOf(this.#stage, as);
    const { service, account } = contract;
    return { service, account, caller: publisherOf(this.#stage, { service, account }) };
  }

  #contract(key: string): Contract {
    const { contracts } = this.#stage.registry;
    const found = contracts.get(key);
    if (found !== undefined) return found;
    throw new Error(
      `there is no contract ${JSON.stringify(key)}; there are ${[...contracts.keys()].join(", ")}`,
    );
  }
}
