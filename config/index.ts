import { defineRegistry } from "../infra/registry/index.js";
import { accounts } from "./accounts.js";
import { environments } from "./environments.js";
import { canary, routes, stories } from "./routes.js";
import * as services from "./services/index.js";
import { subscriptions } from "./subscriptions.js";

export const registry = defineRegistry({
  accounts,
  environments,
  defaultEnvironment: "prod",
  services,
  routes,
  subscriptions,
  stories,
  canary,
});
