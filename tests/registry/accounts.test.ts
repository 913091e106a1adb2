import { describe } from "vitest";
import { removed } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";

const accountMistakes: readonly Mistake[] = [
  {
    name: "no account owns the global bus",
    edits: [[["accounts", "global", "backbone"], removed]],
    path: "accounts",
    says: ["no account owns the global bus", "backbone: true"],
  },
  {
    name: "two accounts own the global bus",
    edits: [[["accounts", "archive", "backbone"], true]],
    path: "accounts.archive.backbone",
    says: ['"global" is the backbone already', "remove backbone from one"],
  },
  {
    name: "a backbone outside the organisation",
    edits: [[["accounts", "global", "outsideOrganization"], true]],
    path: "accounts.global.outsideOrganization",
    says: ["the account of the global bus is what the organisation is asked for", "remove it"],
  },
  {
    name: "a word instead of whether an account is outside the organisation",
    edits: [[["accounts", "orders", "outsideOrganization"], "o-partner0000"]],
    path: "accounts.orders.outsideOrganization",
    says: ['expected true or false, received the string "o-partner0000"', "or leave it out"],
  },
  {
    name: "a misspelt backbone key",
    edits: [
      [["accounts", "global", "backbone"], removed],
      [["accounts", "global", "backbon"], true],
    ],
    path: "accounts.global.backbon",
    says: ['did you mean "backbone"?'],
  },
  {
    name: "an account that is no object",
    edits: [[["accounts", "orders"], "Takes orders."]],
    path: "accounts.orders",
    says: [
      'expected an object, received the string "Takes orders."',
      "write { description, backbone, outsideOrganization, name }",
    ],
  },
  {
    name: "an account without a description",
    edits: [[["accounts", "orders", "description"], removed]],
    path: "accounts.orders.description",
    says: ["expected text, received nothing", "write one sentence about what lives in the account"],
  },
  {
    name: "an empty description",
    edits: [[["accounts", "orders", "description"], " "]],
    path: "accounts.orders.description",
    says: ["is empty", "write one sentence"],
  },
  {
    name: "an account whose name has characters that AWS refuses",
    edits: [
      [["accounts", "data_lake"], { description: "Keeps data." }],
      [["environments", "prod", "accountIds", "data_lake"], "555555555555"],
    ],
    path: "accounts.data_lake",
    says: ['"data_lake" cannot stand in a name', "use small letters, digits and single hyphens"],
  },
  {
    name: "an account whose name is too long for AWS",
    edits: [
      [["accounts", "a".repeat(60)], { description: "Long." }],
      [["environments", "prod", "accountIds", "a".repeat(60)], "555555555555"],
    ],
    path: `accounts.${"a".repeat(60)}`,
    says: ["characters, AWS takes 64", `shorten "${"a".repeat(60)}"`],
  },
  {
    name: "an account that ends in an environment's name",
    edits: [
      [["accounts", "shop-dev"], { description: "A shop." }],
      [["environments", "prod", "accountIds", "shop-dev"], "555555555555"],
    ],
    path: "accounts.shop-dev",
    says: ['account "shop" in environment "dev"', 'does not end in "-dev"'],
  },
  {
    name: "accounts and environments whose stacks would have one name",
    edits: [
      [["accounts", "orders-eu"], { description: "Orders of the EU." }],
      [["environments", "prod", "accountIds", "orders-eu"], "555555555555"],
      [
        ["environments", "eu-dev"],
        { region: "eu-west-1", accountIds: "888888888888", prefix: "b", protect: false, logRetentionDays: 1 },
      ],
    ],
    path: "accounts.orders-eu",
    says: ['stack "orders-eu-dev" could be', "rename the account"],
  },
];

describe("a mistake in the accounts", () => {
  itReportsOnce(accountMistakes);
});
