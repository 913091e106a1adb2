import type { ContractKeyOf, EventsOf, ServiceDefinitions } from "../define.js";
import type { SubscriptionDefinition } from "./definition.js";

/** What the services given may subscribe to, and answer. */
type SubscriptionsOf<Services extends ServiceDefinitions> = Readonly<
  Partial<
    Record<
      keyof Services & string,
      Readonly<Record<string, SubscriptionDefinition<EventsOf<Services>, ContractKeyOf<Services>>>>
    >
  >
>;

interface Fifo {
  readonly name: `${string}.fifo`;
}
type FifoTarget = { readonly queue: Fifo } | { readonly topic: Fifo };

/** Refuses FIFO queues and topics, whose names say what they are, and what inference would let pass. */
type Standard<Subscriptions, Services> = {
  readonly [Service in keyof Subscriptions]: Service extends keyof Services
    ? {
        readonly [Name in keyof Subscriptions[Service]]: Subscriptions[Service][Name] extends {
          readonly to: FifoTarget;
        }
          ? never
          : Readonly<
              Record<Exclude<keyof Subscriptions[Service][Name], keyof SubscriptionDefinition>, never>
            >;
      }
    : never;
};

/** @param _services lends its keys: who subscribes, to what, and what it answers is completed and checked by the editor */
export function defineSubscriptions<
  Services extends ServiceDefinitions,
  const Subscriptions extends SubscriptionsOf<Services>,
>(_services: Services, subscriptions: Subscriptions & Standard<Subscriptions, Services>): Subscriptions {
  return subscriptions;
}
