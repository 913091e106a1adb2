import type { Registry, Route } from "../infra/registry/index.js";
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
      contracts.map(({ key, publishers, deprecated }) => [
        titleOf(key, deprecated),
        [...new Set(publishers.map(({ account }) => account))].join(", "),
        [...(receivers.get(key)?.values() ?? [])]
          .map((route) => `${route.to}${route.filter ? " (filtered)" : ""}`)
          .join(", ") || "nobody",
      ]),
    );
  }
  return renderTable(
    [{ title: "Contract" }, ...registry.members.map((title) => ({ title, align: "center" as const }))],
    contracts.map(({ key, publishers, deprecated }) => [
      titleOf(key, deprecated),
      ...registry.members.map((member) => {
        const route = receivers.get(key)?.get(member);
        const receives = route === undefined ? "" : route.filter ? "receives (filtered)" : "receives";
        const publishes = publishers.some(({ account }) => account === member) ? "publishes" : "";
        return [publishes, receives].filter((word) => word !== "").join(", ") || "·";
      }),
    ]),
  );
}

function titleOf(key: string, deprecated: string | undefined): string {
  return deprecated === undefined ? key : `${key} (deprecated)`;
}
