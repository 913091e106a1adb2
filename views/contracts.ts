import type { Contract, Registry, Route } from "../infra/registry/index.js";

/** What a registry asks for, as data, for whoever judges a plan by other means. */
export interface ToldRegistry {
  /** With their examples, but without schemas. */
  readonly contracts: readonly Omit<Contract, "detail" | "example">[];
  /** With the contracts they carry. */
  readonly routes: readonly Omit<Route, "selector" | "environments">[];
}

export function tellRegistry({ contracts, routes }: Registry): ToldRegistry {
  return {
    contracts: [...contracts.values()].map((one) => ({ ...one, detail: undefined, example: undefined })),
    routes: routes.map((route) => ({ ...route, selector: undefined, environments: undefined })),
  };
}
