import type { Registry } from "../infra/registry/index.js";
import type { Topology } from "../infra/topology/index.js";

/**
 * The backbone as a Mermaid flowchart: publishers put events on the global bus, forward rules carry them to
 * local buses.
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function renderDiagram(registry: Registry, { stacks }: Topology): string {
  const bus = (account: string) => `${node(account)}-bus[["${stacks.get(account)?.bus.name ?? ""}"]]`;
  const accounts = registry.members.flatMap((member) => {
    const services = [...registry.services.values()].filter(({ account }) => account === member);
    return [
      `  subgraph ${node(member)}["account ${member}"]`,
      ...services.map(({ name, source }) => `    ${serviceNode(name)}(["${name}<br/>${source}"])`),
      `    ${bus(member)}`,
      "  end",
    ];
  });
  const published = [...registry.services.values()].map(({ name, contracts }) => {
    const types = contracts.map((key) => registry.contracts.get(key)?.detailType ?? key);
    return `  ${serviceNode(name)} -- "${types.map(escape).join("<br/>")}" --> ${node(registry.backbone)}-bus`;
  });
  const forwarded = registry.members.flatMap((member) => {
    const labels = registry.routes
      .filter(({ to }) => to === member)
      .map(({ events, filter }) => escape(filter === undefined ? events : `${events} (filtered)`));
    return labels.length === 0
      ? []
      : [`  ${node(registry.backbone)}-bus == "${labels.join("<br/>")}" ==> ${node(member)}-bus`];
  });
  return [
    "flowchart LR",
    `  subgraph ${node(registry.backbone)}["account ${registry.backbone}"]`,
    `    ${bus(registry.backbone)}`,
    "  end",
    ...accounts,
    ...published,
    ...forwarded,
  ].join("\n");
}

/** Mermaid takes some plain words, such as "end", for its own; a prefix keeps every key apart from them. */
function node(account: string): string {
  return `account-${account}`;
}

function serviceNode(service: string): string {
  return `service-${service}`;
}

function escape(label: string): string {
  return label.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
