import { defineAccounts } from "../infra/registry/index.js";

export const accounts = defineAccounts({
  global: { backbone: true, description: "Owns the global bus; no application runs here." },
  orders: { description: "Takes customers' orders and tells them where they are." },
  delivery: { description: "Brings ordered goods to the customer." },
});
