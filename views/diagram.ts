import {
  type Bus,
  describeTarget,
  flowsOf,
  groupBy,
  publicationsBy,
  publicationsOf,
  publishers,
  type Registry,
  type Route,
} from "../infra/registry/index.js";
import type { Topology } from "../infra/topology/index.js";

/**
 * The backbone as a Mermaid flowchart: publishers put events on the global bus, forward rules carry them to
 * local buses, as they do straight from the buses that AWS or partners put events on, and rules there give them to what
 * subscribes.
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function renderDiagram(registry: Registry, { environment, stacks }: Topology): string {
  const publications = publicationsOf(registry);
  const sourcesOf = (service: string, account: string) =>
    publicationsBy(publications, { service, account }).map(({ source }) => source);
  const serviceNode = (service: string, account: string) =>
    registry.services.get(service)?.account === account
      ? `service-${service}`
      : `service-${service}-in-${account}`;
  const bus = (account: string) => `${node(account)}-bus[["${stacks.get(account)?.bus.name ?? ""}"]]`;
  const flows = flowsOf(registry, environment).filter(({ events }) => events.length > 0);
  const origins = new Map(
    groupBy(
      flows.map(({ from }) => from).filter(({ name }) => name !== undefined),
      ({ account }) => account,
    ).map((group) => [
      group[0].account,
      [
        ...new Map(
          group.map((from) => [origin(from), `    ${origin(from)}[["${labelOfBus(from)}"]]`]),
        ).values(),
      ],
    ]),
  );
  const accounts = registry.members.flatMap((member) => {
    const hosted = registry.accounts.get(member)?.services ?? [];
    return [
      `  subgraph ${node(member)}["account ${member}"]`,
      ...hosted.map(
        (name) =>
          `    ${serviceNode(name, member)}(["${[name, ...sourcesOf(name, member)].map(escape).join("<br/>")}"])`,
      ),
      `    ${bus(member)}`,
      ...(origins.get(member) ?? []),
      ...registry.subscriptions
        .filter(({ account }) => account === member)
        .map(
          ({ key, target }) =>
            `    ${subscriptionNode(key)}["${escape(key)}<br/>${escape(describeTarget(target))}"]`,
        ),
      "  end",
    ];
  });
  const subscribed = registry.subscriptions.map(
    ({ key, account, routes }) =>
      `  ${node(account)}-bus -- "${routes.map(labelOf).join("<br/>")}" --> ${subscriptionNode(key)}`,
  );
  const published = publishers(registry).flatMap(({ service, account }) => {
    const types = new Set(
      publicationsBy(publications, { service, account }).flatMap(({ detailTypes }) => detailTypes),
    );
    if (types.size === 0) return [];
    return `  ${serviceNode(service, account)} -- "${[...types].map(escape).join("<br/>")}" --> ${node(registry.backbone)}-bus`;
  });
  const forwarded = flows.map(({ from, to, events }) => {
    const labels = events.map(({ events: written, binds }) =>
      binds.filter === undefined ? written : `${written} (filtered)`,
    );
    return `  ${origin(from)} == "${[...new Set(labels)].map(escape).join("<br/>")}" ==> ${node(to)}-bus`;
  });
  return [
    "flowchart LR",
    `  subgraph ${node(registry.backbone)}["account ${registry.backbone}"]`,
    `    ${bus(registry.backbone)}`,
    ...(origins.get(registry.backbone) ?? []),
    "  end",
    ...accounts,
    ...published,
    ...forwarded,
    ...subscribed,
  ].join("\n");
}

function labelOf({ events, filter }: Route): string {
  return escape(filter === undefined ? events : `${events} (filtered)`);
}

/** The bus that a flow leaves, as a node: a partner bus by what Mermaid takes of its name. */
function origin({ account, name }: Bus): string {
  return name === undefined
    ? `${node(account)}-bus`
    : `${node(account)}--${name.replace(/[^A-Za-z0-9]+/g, "-")}`;
}

function labelOfBus({ name = "" }: Bus): string {
  return name === "default" ? "default bus" : escape(name);
}

function subscriptionNode(key: string): string {
  return `subscription-${key.replace("/", "--")}`;
}

/** Mermaid takes some plain words, such as "end", for its own; a prefix keeps every key apart from them. */
function node(account: string): string {
  return `account-${account}`;
}

function escape(label: string): string {
  return label.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
