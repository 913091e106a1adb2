import type { Registry, SubscriptionTarget } from "../../../../infra/registry/index.js";
import { noFaults } from "../../../../rehearsal/local/faults.js";
import { readEvent } from "../../../../rehearsal/local/letters.js";
import { titleOfOrigin } from "../../../../rehearsal/local/senders.js";
import { shortName } from "../../../../rehearsal/local/way.js";
import { keptEvents } from "../live.js";
import type { Running } from "../running.js";

/** What is otherwise on AWS. */
export const notModelled = [
  "retries of EventBridge in real time",
  "the order in which events come",
  "throttling and quotas",
  "IAM beyond the emitted policies, and who may use a queue",
  "archives and replays",
  "targets other than queues, logs and buses: what is given to them is only told",
  "a handler that never gives the process back",
  "everything is in memory, and gone with the process",
] as const;

/** The registry, as far as the page draws it, and how things stand with its code. */
export function viewRegistry(running: Running): unknown {
  const { live, stage, problem } = running;
  const { registry, environment } = stage;
  return {
    epoch: live.epoch,
    environment: environment.name,
    region: environment.region,
    kept: keptEvents,
    problem,
    notModelled,
    contracts: [...registry.contracts.values()].map(
      ({ key, service, origin, source, detailType, version, description, example }) => ({
        key,
        service,
        origin: origin && { ...origin, title: titleOfOrigin(origin) },
        source,
        detailType,
        version,
        description,
        example,
      }),
    ),
    accounts: [...registry.accounts.values()].map(({ name, description, services }) => ({
      name,
      id: stage.account(name).id,
      description,
      services,
    })),
    callers: live.callers.names,
    routes: registry.routes.map(({ contracts, to, filter }) => ({
      contracts,
      to,
      isFiltered: filter !== undefined,
    })),
    subscriptions: running.takers().map(({ subscription, by, problem: broken, builtAt }) => ({
      key: subscription,
      ...described(registry, subscription),
      by,
      problem: broken,
      builtAt,
      faults: faultsOf(running, subscription),
    })),
  };
}

function described(registry: Registry, key: string) {
  const subscription = registry.subscriptions.find((one) => one.key === key);
  if (subscription === undefined) return {};
  const { account, target, routes, answers } = subscription;
  return {
    account,
    target: describeTarget(target),
    contracts: [...new Set(routes.flatMap(({ contracts }) => contracts))],
    answers,
  };
}

function describeTarget(target: SubscriptionTarget): string {
  if (target.kind === "madeFunction") return `function ${target.handler}`;
  return target.kind === "madeQueue" ? "queue" : `${target.kind} ${target.name}`;
}

/** Undefined where there is no queue, and so nothing that can fail here. */
function faultsOf({ live }: Running, subscription: string) {
  try {
    return { ...noFaults, ...live.backbone.faults(subscription) };
  } catch {
    return undefined;
  }
}

const mostMessages = 50;

/** What waits where; a look takes nothing out. */
export function viewQueues({ live, stage }: Running): unknown {
  return live.backbone.queues.all().map((queue) => {
    const messages = queue.peek();
    return {
      name: shortName(queue.arn),
      arn: queue.arn,
      account: stage.ownerOf(queue.arn),
      maxReceiveCount: queue.settings.redrivePolicy?.maxReceiveCount,
      ...queue.counts(),
      messages: messages.slice(0, mostMessages).map((message) => ({
        id: message.id,
        state: message.state,
        visibleAt: message.visibleAt,
        receiveCount: message.receiveCount,
        event: readEvent(message.body).id,
        detailType: readEvent(message.body)["detail-type"],
        error: message.attributes.ERROR_CODE?.value,
        errorMessage: message.attributes.ERROR_MESSAGE?.value,
        body: message.body,
      })),
      more: Math.max(0, messages.length - mostMessages),
    };
  });
}
