import { type Contract, describeOrigin, type Registry, type Route } from "../infra/registry/index.js";
import { renderTable } from "./table.js";

/** More members than this are listed by name instead of in columns. */
const widestMatrix = 8;

/** Who receives what, as the routes say: a row per contract, a column per member. */
export function renderMatrix(registry: Registry): string {
  const receivers = new Map<string, Map<string, Route>>();
  for (const route of registry.routes) {
    for (const contract of route.contracts) {
      const of = receivers.get(contract) ?? new Map<string, Route>();
      receivers.set(contract, of.set(route.to, route));
    }
  }
  const contracts = [...registry.contracts.values()];
  if (registry.members.length > widestMatrix) {
    return renderTable(
      [{ title: "Contract" }, { title: "From" }, { title: "To" }],
      contracts.map(({ key, ...contract }) => [
        titleOf(key, contract.deprecated),
        fromOf(contract),
        [...(receivers.get(key)?.values() ?? [])]
          .map((route) => `${route.to}${route.filter ? " (filtered)" : ""}`)
          .join(", ") || "nobody",
      ]),
    );
  }
  const hasOrigins = contracts.some(({ origin }) => origin !== undefined);
  return renderTable(
    [
      { title: "Contract" },
      // Of what members publish their columns say it.
      ...(hasOrigins ? [{ title: "Events of AWS from" }] : []),
      ...registry.members.map((title) => ({ title, align: "center" as const })),
    ],
    contracts.map(({ key, publishers, origin, deprecated }) => [
      titleOf(key, deprecated),
      ...(hasOrigins ? [origin === undefined ? "" : describeOrigin(origin)] : []),
      ...registry.members.map((member) => {
        const route = receivers.get(key)?.get(member);
        const receives = route === undefined ? "" : route.filter ? "receives (filtered)" : "receives";
        const publishes = publishers.some(({ account }) => account === member) ? "publishes" : "";
        return [publishes, receives].filter((word) => word !== "").join(", ") || "·";
      }),
    ]),
  );
}

/** Where a contract's events come from: accounts that publish it, or the bus that AWS or a partner puts it on. */
function fromOf({ publishers, origin }: Pick<Contract, "publishers" | "origin">): string {
  return origin === undefined
    ? [...new Set(publishers.map(({ account }) => account))].join(", ")
    : describeOrigin(origin);
}

function titleOf(key: string, deprecated: string | undefined): string {
  return deprecated === undefined ? key : `${key} (deprecated)`;
}
