import type { CallerData } from "eventbridge-simulator";
import { byText } from "../../infra/registry/index.js";
import { administratorOf, publisherOf, type Stage } from "../stage.js";

/** Who calls PutEvents. */
export interface Sender {
  readonly account: string;
  readonly service?: string;
  /** The one whose handler publishes. */
  readonly subscription?: string;
  readonly caller: CallerData;
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
  if (service !== undefined) {
    const { account } = service;
    return { service: name, account, caller: publisherOf(stage, { service: name, account }) };
  }
  const [account] = [...environment.accountIds].find(([known, id]) => known === name || id === name) ?? [];
  if (account !== undefined && registry.accounts.has(account))
    return { account, caller: administratorOf(stage, account) };
  const services = [...registry.services.values()].map((one) => one.name);
  throw new UnknownSenderError(
    `nobody is named ${JSON.stringify(name)}; there are the services ${services.sort(byText).join(", ")} and the accounts ${[...registry.accounts.keys()].join(", ")}`,
  );
}

/** How a sender is called: by service, else by account. */
export function nameOfSender({ service, account }: Sender): string {
  return service ?? account;
}
