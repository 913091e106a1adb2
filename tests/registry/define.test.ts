import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../infra/aws/event-pattern.js";
import {
  defineAccounts,
  defineAwsEvents,
  defineEnvironments,
  definePublishers,
  defineRegistry,
  defineRoutes,
  defineService,
  defineStories,
  type ContractDefinition,
  type EnvironmentDefinition,
  jsonSchema,
  type JsonSchemaDetail,
  type RegistryDefinition,
} from "../../infra/registry/define.js";

const accounts = defineAccounts({
  hub: { description: "Owns the global bus.", backbone: true },
  shop: { description: "Sells.", outsideOrganization: true },
});

const sales = defineService(accounts, {
  account: "shop",
  source: "com.example.sales",
  contracts: {
    "Sale.Made": {
      description: "Something was sold.",
      version: 1,
      detail: z.object({ saleId: z.string(), amount: z.number() }),
      example: { saleId: "s-1", amount: 5 },
    },
    "Sale.Undone": {
      description: "A sale was undone.",
      version: 1,
      detail: z.object({ saleId: z.string() }),
      example: { saleId: "s-1" },
    },
    "Sale.Lost": {
      description: "What was sold never arrived.",
      version: 1,
      detail: jsonSchema({ type: "object", properties: { saleId: { type: "string" } } }),
      example: { saleId: "s-1" },
    },
    "Sale.Returned": {
      description: "What was sold came back.",
      version: 1,
      detail: z.object({ saleId: z.string(), reason: z.string().optional() }),
      examples: { plain: { saleId: "s-1" }, broken: { saleId: "s-2", reason: "It arrived in pieces." } },
    },
  },
});

const uploads = defineAwsEvents(accounts, {
  from: "default-bus",
  accounts: ["hub", "shop"],
  source: ["aws.s3", "aws.s3control"],
  contracts: {
    "Object Created": {
      description: "Somebody has put an object into a bucket.",
      version: 1,
      detail: z.object({ key: z.string() }),
      example: { key: "1.csv" },
    },
  },
});

/** What may stand as an example, under whichever of the two keys. */
type ExampleOf<Contract extends { readonly example?: unknown; readonly examples?: unknown }> =
  | NonNullable<Contract["example"]>
  | NonNullable<Contract["examples"]>[keyof NonNullable<Contract["examples"]>];

const saleId = z.object({ saleId: z.string() });
const services = { sales };
const environments = defineEnvironments(accounts, {
  prod: {
    region: "eu-west-1",
    accountIds: { hub: "111111111111", shop: "222222222222" },
    prefix: "b",
    protect: true,
    logRetentionDays: 1,
  },
});
const routes = defineRoutes(accounts, services, [{ events: "sales/*", to: "shop" }]);
const stories = defineStories(services, { sale: { title: "A sale", steps: ["sales/Sale.Made"] } });
const registry = defineRegistry({
  accounts,
  environments,
  defaultEnvironment: "prod",
  services,
  routes,
  stories,
});

/** These hold at compile time: `npm run check` reports a test here that no longer does. */
describe("the define functions", () => {
  it("keep the names of the accounts", () => {
    expectTypeOf(accounts).toHaveProperty("hub");
    expectTypeOf<keyof typeof accounts>().toEqualTypeOf<"hub" | "shop">();
  });

  it("refuse what an account does not have", () => {
    type Hub = Parameters<typeof defineAccounts<{ hub: { description: string; backbon: true } }>>[0]["hub"];
    expectTypeOf<Hub["backbon"]>().toBeNever();
  });

  it("let a service live in a declared account only, which is not the backbone", () => {
    expectTypeOf(sales.account).toEqualTypeOf<"shop">();
    interface Outside {
      description: string;
      backbone: true;
      outsideOrganization: true;
    }
    type Accepted = Parameters<typeof defineAccounts<{ hub: Outside }>>[0]["hub"]["outsideOrganization"];
    expectTypeOf<Accepted>().toBeNever();
    expectTypeOf<"shopp">().not.toExtend<typeof sales.account>();
  });

  it("let events of AWS come from every declared account, the backbone among them, under sources of AWS", () => {
    type Uploads = typeof uploads;
    expectTypeOf<Uploads["accounts"]>().toEqualTypeOf<"*" | readonly ("hub" | "shop")[]>();
    expectTypeOf<readonly ["shopp"]>().not.toExtend<Uploads["accounts"]>();
    expectTypeOf<"shop">().not.toExtend<Uploads["accounts"]>();
    expectTypeOf<Uploads["from"]>().toEqualTypeOf<"default-bus" | `aws.partner/${string}`>();
    expectTypeOf<"default">().not.toExtend<Uploads["from"]>();
    expectTypeOf<"com.example.uploads">().not.toExtend<Uploads["source"]>();
    expectTypeOf<ExampleOf<Uploads["contracts"]["Object Created"]>>().toEqualTypeOf<{ key: string }>();
  });

  it("complete contracts of AWS in a route", () => {
    const both = defineRoutes(accounts, { sales, uploads }, [
      { events: "uploads/Object Created", to: "shop" },
    ]);
    expectTypeOf(both).not.toBeAny();
    type Events = (typeof both)[number]["events"];
    expectTypeOf<"uploads/*">().toExtend<Events>();
    expectTypeOf<"uploads/Object Creatd">().not.toExtend<Events>();
  });

  it("type each example by its own schema", () => {
    type Contracts = typeof sales.contracts;
    expectTypeOf<ExampleOf<Contracts["Sale.Made"]>>().toEqualTypeOf<{ saleId: string; amount: number }>();
    expectTypeOf<ExampleOf<Contracts["Sale.Undone"]>>().toEqualTypeOf<{ saleId: string }>();
    expectTypeOf<{ saleId: number }>().not.toExtend<Contracts["Sale.Made"]["example"]>();
  });

  it("type each of several examples by the contract's schema", () => {
    type Returned = (typeof sales.contracts)["Sale.Returned"];
    expectTypeOf<ExampleOf<Returned>>().toEqualTypeOf<{ saleId: string; reason?: string | undefined }>();
    expectTypeOf<{ plain: { saleId: number } }>().not.toExtend<Returned["examples"]>();
  });

  it("take a JSON Schema, and any JSON object as its example", () => {
    type Lost = (typeof sales.contracts)["Sale.Lost"];
    expectTypeOf<Lost["detail"]>().toEqualTypeOf<JsonSchemaDetail>();
    expectTypeOf<ExampleOf<Lost>>().toEqualTypeOf<JsonObject>();
    expectTypeOf<{ at: Date }>().not.toExtend<Lost["example"]>();
  });

  it("take one of example and examples", () => {
    type Contract = ContractDefinition<typeof saleId>;
    const words = { description: "A sale.", version: 1, detail: saleId };
    const detail = { saleId: "s-1" };
    const one = { ...words, example: detail };
    const several = { ...words, examples: { plain: detail } };
    expectTypeOf(one).toExtend<Contract>();
    expectTypeOf(several).toExtend<Contract>();
    expectTypeOf(words).not.toExtend<Contract>();
    expectTypeOf<typeof one & typeof several>().not.toExtend<Contract>();
  });

  it("ask for an id of every account, or one for all, and of no other account", () => {
    expectTypeOf(environments.prod.accountIds).toEqualTypeOf<
      string | Readonly<Record<"hub" | "shop", string | null>>
    >();
    expectTypeOf<{ hub: string }>().not.toExtend<EnvironmentDefinition<"hub" | "shop">["accountIds"]>();
  });

  it("complete contracts, services and wildcards in a route, and nothing else", () => {
    type Route = (typeof routes)[number];
    type Named =
      | "sales/Sale.Made"
      | "sales/Sale.Undone"
      | "sales/Sale.Lost"
      | "sales/Sale.Returned"
      | "sales/*"
      | "*"
      | `sales/${string}${string}*`;
    expectTypeOf<Route["events"]>().toEqualTypeOf<Named | readonly Named[]>();
    // What a template has swallowed is completed no more.
    expectTypeOf<Extract<Route["events"], "sales/*">>().toEqualTypeOf<"sales/*">();
    expectTypeOf<Route["to"]>().toEqualTypeOf<"shop">();
    expectTypeOf<"sales/Sale.Mad">().not.toExtend<Route["events"]>();
    expectTypeOf<["sales/Sale.Made", "sales/Sale.Mad"]>().not.toExtend<Route["events"]>();
  });

  it("take a beginning of detail-types with a star behind it, of a declared service only", () => {
    type Route = (typeof routes)[number];
    expectTypeOf<"sales/Sale.*">().toExtend<Route["events"]>();
    expectTypeOf<["sales/Sale.*", "sales/Sale.Made"]>().toExtend<Route["events"]>();
    expectTypeOf<"sale/Sale.*">().not.toExtend<Route["events"]>();
    expectTypeOf<"sales/*.Made">().not.toExtend<Route["events"]>();
    expectTypeOf<"sa*">().not.toExtend<Route["events"]>();
  });

  it("completes and refuses what is published, and by whom", () => {
    const publishers = definePublishers(services, [{ events: "sales/Sale.Made", by: "sales" }]);
    expectTypeOf(publishers).not.toBeAny();
    type Publisher = (typeof publishers)[number];
    expectTypeOf<"sales/Sale.*">().toExtend<Publisher["events"]>();
    expectTypeOf<readonly ["sales/Sale.Made", "sales/*"]>().toExtend<Publisher["events"]>();
    expectTypeOf<"*">().not.toExtend<Publisher["events"]>();
    expectTypeOf<"sales/Sale.Mad">().not.toExtend<Publisher["events"]>();
    expectTypeOf<Publisher["by"]>().toEqualTypeOf<"sales" | readonly "sales"[]>();
  });

  it("complete single contracts in a story", () => {
    type Story = (typeof stories)[string];
    expectTypeOf<Story["steps"][number]>().toEqualTypeOf<
      "sales/Sale.Made" | "sales/Sale.Undone" | "sales/Sale.Lost" | "sales/Sale.Returned"
    >();
  });

  it("take a declared environment as the default only", () => {
    type Environments = Readonly<Record<"prod" | "dev", EnvironmentDefinition>>;
    type Argument = Parameters<typeof defineRegistry<Environments>>[0];
    expectTypeOf<Argument["defaultEnvironment"]>().toEqualTypeOf<"prod" | "dev">();
    expectTypeOf(registry).toEqualTypeOf<RegistryDefinition>();
  });
});
