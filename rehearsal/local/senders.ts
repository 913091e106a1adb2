import type { CallerData } from "eventbridge-simulator";
import { byText, type Contract, type Origin } from "../../infra/registry/index.js";
import { administratorOf, publisherOf, type Stage } from "../stage.js";

/** Who calls PutEvents. */
export interface Sender {
  readonly account: string;
  readonly service?: string;
  /** The one whose handler publishes. */
  readonly subscription?: string;
  readonly caller: CallerData;
}

/** A bus on which AWS's services or a partner put events: nobody calls, and nobody is asked. */
export interface OriginBus {
  readonly account: string;
  /** `default`, or the name of a partner bus. */
  readonly bus: string;
  readonly service?: undefined;
  readonly subscription?: undefined;
}

/** A contract of events that AWS or a partner publishes. */
export type AwsContract = Contract & { readonly origin: Origin };

export function isOfAws(contract: Contract): contract is AwsContract {
  return contract.origin !== undefined;
}

/** A name that nobody has. */
export class UnknownSenderError extends Error {
  override readonly name = "UnknownSenderError";
}

/**
 * A service, as its role with its publisher policy; or an account, by name or id, as a role that may do all that the account
 * itself can allow.
 * @throws UnknownSenderError with those that there are
 */
export function senderOf(stage: Stage, name: string): Sender {
  const { registry, environment } = stage;
  const service = registry.services.get(name);
  if (service !== undefined && service.origin === undefined) {
    const { account } = service;
    return { service: name, account, caller: publisherOf(stage, { service: name, account }) };
  }
  const [account] = [...environment.accountIds].find(([known, id]) => known === name || id === name) ?? [];
  if (account !== undefined && registry.accounts.has(account))
    return { account, caller: administratorOf(stage, account) };
  const why =
    service === undefined
      ? `nobody is named ${JSON.stringify(name)}`
      : `${name} are events of AWS, which no code publishes`;
  throw new UnknownSenderError(
    `${why}; there are the services ${publishingServices(stage).sort(byText).join(", ")} and the accounts ${[...registry.accounts.keys()].join(", ")}`,
  );
}

/** Names of the services that may call: of AWS's own events there is none. */
export function publishingServices({ registry }: Pick<Stage, "registry">): string[] {
  return [...registry.services.values()].filter(({ origin }) => origin === undefined).map(({ name }) => name);
}

/**
 * The bus that AWS or a partner puts an event of a contract on.
 * @param as account, by name or id, of whose bus it is. Default: the first that such events come from
 * @throws UnknownSenderError with the accounts that they come from
 */
export function originBusOf(
  { environment: { accountIds } }: Pick<Stage, "environment">,
  { key, origin: { accounts, bus } }: AwsContract,
  as: string | undefined = accounts[0],
): OriginBus {
  const id = accountIds.get(as ?? "") ?? as;
  const account = accounts.find((name) => accountIds.get(name) === id);
  if (account !== undefined) return { account, bus };
  throw new UnknownSenderError(
    `${key} does not come from ${JSON.stringify(as)}, as AWS puts such events on buses of ${accounts.join(", ")} only; write one of these`,
  );
}

/**
 * Who has published an event: a service, else an account; of AWS and partners, where it was put as well.
 * @param source of the event
 */
export function nameOfSender(sender: Sender | OriginBus, source: string): string {
  if (!("bus" in sender)) return sender.service ?? sender.account;
  return `${source} on ${titleOfOrigin({ bus: sender.bus, accounts: [sender.account] })}`;
}

/** The buses that events of AWS or of a partner come from. */
export function titleOfOrigin({ bus, accounts }: Origin): string {
  return `${bus === "default" ? "the default bus" : "the partner's bus"} of ${accounts.join(", ")}`;
}
