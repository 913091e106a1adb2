import * as registryEntries from "../entries.js";
import { type PathSegments, suggest } from "../problem.js";
import { isRecord, type ProblemList, readEntry } from "../read.js";
import {
  isMade,
  type NamedTarget,
  type RetrySettings,
  type Route,
  type Subscription,
  type SubscriptionTarget,
} from "../registry.js";
import { readCarried, type RouteContext, type RouteDrafts } from "../routes.js";
import { select } from "../select.js";
import type { ServiceDraft } from "../service-draft.js";
import * as entries from "./entries.js";
import { readTarget } from "./targets.js";

export interface SubscriptionDrafts extends RouteDrafts {
  readonly subscriptions: readonly Subscription[];
}

/** Reads what services want to hear. Each subscription is a route to the account of its service. */
export function readSubscriptions(
  problems: ProblemList,
  section: Readonly<Record<string, unknown>>,
  context: RouteContext,
): SubscriptionDrafts {
  const read = Object.entries(section).flatMap(([name, own]) => {
    const path = ["subscriptions", name];
    const service = context.services?.find((one) => one.name === name);
    if (context.services !== undefined && service === undefined) {
      const known = problems.proposable(
        ["services"],
        context.services.map((one) => one.name),
      );
      problems.add(
        path,
        `no service is named "${name}"; ${suggest(name, known, "declare it in config/services")}`,
      );
    }
    if (service?.origin !== undefined) {
      problems.add(
        path,
        `"${name}" is of events that AWS or a partner publishes, and runs nowhere; write the subscription under a service that wants them`,
      );
      return [];
    }
    if (!isRecord(own)) {
      problems.add(
        path,
        `expected an object, received ${registryEntries.kindOf(own)}; list the subscriptions of the service by name`,
      );
      return [];
    }
    return Object.entries(own).map(([key, value]) =>
      readSubscription(problems, value, { name: key, path: [...path, key], service, context }),
    );
  });
  return {
    subscriptions: read.flatMap(({ subscription }) => subscription ?? []),
    routes: read.flatMap(({ routes }) => routes),
    mayBring: (contract, account) => read.some(({ mayBring }) => mayBring(contract, account)),
  };
}

interface Place {
  readonly name: string;
  readonly path: PathSegments;
  readonly service: ServiceDraft | undefined;
  readonly context: RouteContext;
}

interface SubscriptionDraft extends RouteDrafts {
  readonly subscription: Subscription | undefined;
}

function readSubscription(
  problems: ProblemList,
  value: unknown,
  { name, path, service, context }: Place,
): SubscriptionDraft {
  const { full, partial, isBad } = readEntry(problems, entries.subscription, value, path);
  if (!registryEntries.keyCharacters.test(name))
    problems.add(
      path,
      `${JSON.stringify(name)} cannot stand in a name in every AWS service; ${registryEntries.keyMend}`,
    );
  if (name.endsWith("-letters"))
    problems.add(
      path,
      "ends in -letters, as the queue for what a consumer gives up does; choose another name",
    );
  const { routes, mayBring } = readCarried(
    problems,
    { ...partial, isBadFilter: isBad("filter") },
    {
      to: service?.account,
      environments: service?.environments,
      includeOwn: "named",
      receivers: new Map(),
      path,
      context,
    },
  );
  const target = partial.to && readTarget(problems, partial.to, [...path, "to"]);
  if (target !== undefined && !isMade(target))
    checkPartitionKey(
      problems,
      target,
      [...path, "to", "stream", "partitionKeyPath"],
      routes,
      context.services,
    );
  const retry = readRetry(problems, partial.retry, [...path, "retry"]);
  const answers = readAnswers(problems, partial.answers, [...path, "answers"], service, context);
  const account = service?.account;
  return {
    routes,
    mayBring,
    subscription:
      full === undefined || service === undefined || account === undefined || target === undefined
        ? undefined
        : draft({ name, service: service.name, account, routes, target, retry, answers }),
  };
}

/** Fields of every event that are text. */
const envelopeFields = ["$.account", "$.detail-type", "$.id", "$.region", "$.source", "$.time"];

/** EventBridge refuses to give a stream an event that has no such field, and nobody could give it back. */
function checkPartitionKey(
  problems: ProblemList,
  { partitionKeyPath }: NamedTarget,
  path: PathSegments,
  routes: readonly Route[],
  services: readonly ServiceDraft[] = [],
): void {
  if (partitionKeyPath === undefined || envelopeFields.includes(partitionKeyPath)) return;
  const [, root, ...fields] = partitionKeyPath.split(".");
  if (root !== "detail" || fields.length === 0) {
    problems.add(
      path,
      `no event has ${partitionKeyPath}; write ${envelopeFields.join(", ")} or a field of detail`,
    );
    return;
  }
  const lacking = services.flatMap(({ name, contracts }) =>
    contracts
      .filter(({ detailType }) => routes.some((route) => route.contracts.includes(`${name}/${detailType}`)))
      .filter(({ examples }) => examples.some(({ detail }) => typeof textAt(detail, fields) !== "string"))
      .map(({ detailType }) => `${name}/${detailType}`),
  );
  if (lacking.length > 0)
    problems.add(
      path,
      `an example of ${lacking.join(", ")} has no text at ${partitionKeyPath}; name a field that every event has, or leave it out`,
    );
}

function textAt(value: unknown, fields: readonly string[]): unknown {
  return fields.reduce<unknown>((inner, field) => (isRecord(inner) ? inner[field] : undefined), value);
}

function draft({
  service,
  name,
  retry,
  ...rest
}: Omit<Subscription, "key" | "retry"> & {
  readonly routes: readonly Route[];
  readonly target: SubscriptionTarget;
  readonly retry: RetrySettings | undefined;
}): Subscription {
  return { key: `${service}/${name}`, service, name, ...rest, ...(retry === undefined ? {} : { retry }) };
}

function readRetry(
  problems: ProblemList,
  written: Readonly<Record<string, unknown>> | undefined,
  path: PathSegments,
): RetrySettings | undefined {
  return written && readEntry(problems, entries.retry, written, path).full;
}

/** Only the service itself publishes in answer, and only what it may. */
function readAnswers(
  problems: ProblemList,
  written: string | readonly unknown[] | undefined,
  path: PathSegments,
  service: ServiceDraft | undefined,
  { services, mayPublish }: RouteContext,
): string[] {
  const isList = Array.isArray(written);
  const listed: readonly unknown[] = isList ? written : written === undefined ? [] : [written];
  return listed.flatMap((text, index): string[] => {
    const at = isList ? [...path, index] : path;
    if (typeof text !== "string") {
      problems.add(
        at,
        `expected text, received ${registryEntries.kindOf(text)}; name a contract that is published`,
      );
      return [];
    }
    if (services === undefined || service === undefined) return [];
    if (text.includes("*")) {
      problems.add(at, `"${text}" is a wildcard and nothing can publish it; name single contracts`);
      return [];
    }
    const [contract] = select(problems, text, services, at)?.contracts ?? [];
    if (contract === undefined) return [];
    if (contract.service.origin !== undefined) {
      problems.add(at, `${contract.key} is published by AWS or a partner, and by nobody else; remove it`);
      return [];
    }
    if (!mayPublish(contract.key, service.name)) {
      problems.add(
        at,
        `"${service.name}" may not publish ${contract.key}; add { events: "${contract.key}", by: "${service.name}" } to the publishers, or remove it`,
      );
      return [];
    }
    return [contract.key];
  });
}
