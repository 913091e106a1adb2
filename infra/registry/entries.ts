import { z } from "zod";
import { regions } from "../aws/arn.js";
import { busLogLevels, logRetentionDays, quotas } from "../aws/limits.js";
import type { ContractDefinition, DetailDefinition, JsonSchemaDetail } from "./contract-definition.js";
import type {
  AccountDefinition,
  ArchiveDefinition,
  EnvironmentDefinition,
  PublisherDefinition,
  RegistryDefinition,
  RouteDefinition,
  ServiceDefinition,
  StoryDefinition,
} from "./define.js";
import type { AlarmsDefinition, BusLoggingDefinition } from "./operating-definitions.js";
import { nearest } from "./problem.js";

/** What one entry of each kind may hold. Each message says what is wrong and how to mend it. */

/** One kind of entry: all of it, or the part of it that could be read. */
export interface Entry<Full, Part> {
  readonly full: z.ZodType<Full>;
  readonly part: z.ZodType<Part>;
  /** What may stand in it. */
  readonly keys: readonly string[];
}

/** A reader for each field of a definition, no more and no less: one that is forgotten here does not compile. */
export type Readers<Definition> = { readonly [Field in keyof Definition]-?: z.ZodType };

/** Unknown keys are mistakes: a misspelt one must not mean "default". */
export function entry<Shape extends z.ZodRawShape>(
  shape: Shape,
): {
  readonly full: z.ZodObject<Shape, z.core.$strict>;
  readonly part: z.ZodObject<{ [Key in keyof Shape]: z.ZodOptional<Shape[Key]> }, z.core.$strict>;
  readonly keys: readonly string[];
} {
  const full = z.strictObject(shape);
  return { full, part: full.partial(), keys: Object.keys(shape) };
}

/** What a wrong value is, in words. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `the ${typeof value} ${JSON.stringify(value)}`;
}

export function expected(what: string, mend: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `expected ${what}, received ${kindOf(input)}; ${mend}`;
}

export const text = (mend: string): z.ZodString => z.string({ error: expected("text", mend) });
const filled = (mend: string) =>
  text(mend).refine((value) => value.trim() !== "", { error: `is empty; ${mend}` });
const sentence = (about: string) => filled(`write one sentence about ${about}`);
const ownerMend = 'write "@user", "@organisation/team" or an e-mail address, or leave it out';
/** Whom CODEOWNERS can ask: a user, a team, also one of a group in a group, or an e-mail address. */
const owner = text(ownerMend)
  .regex(/^(?:@[\w.-]+(?:\/[\w.-]+)*|[^\s@#]+@[^\s@#]+\.[^\s@#]+)$/, {
    error: ({ input }) => `${JSON.stringify(input)} names nobody whom a review can be asked of; ${ownerMend}`,
  })
  .optional();

export const flag = (mend: string): z.ZodBoolean => z.boolean({ error: expected("true or false", mend) });

/** A key such as an account's or a service's name: it goes into physical names of several AWS services. */
export const keyCharacters = /^[a-z](?:-?[a-z0-9])*$/;
export const keyMend = "use small letters, digits and single hyphens, beginning with a letter";

export const accountIdCharacters = /^\d{12}$/;
export const accountIdMend = 'write its twelve digits in quotes, such as "111111111111"';

const name = text("write what it is called on AWS, or leave it out to call it by its key").optional();

export const account = entry({
  description: sentence("what lives in the account"),
  backbone: flag("write true for the account that owns the global bus and leave it out elsewhere").default(
    false,
  ),
  outsideOrganization: flag(
    "write true for a member that is not in the organisation, or leave it out",
  ).default(false),
  name,
} satisfies Readers<AccountDefinition>);

const quotaNames = Object.keys(quotas);

export const logDays = z
  .number({ error: expected("a number of days", "choose one that CloudWatch Logs accepts, such as 30") })
  .refine((days) => logRetentionDays.some((accepted) => accepted === days), {
    error: ({ input }) =>
      `CloudWatch Logs keeps nothing for ${String(input)} days; choose one of ${logRetentionDays.join(", ")}`,
  });

function meantRegion(written: unknown): string | undefined {
  const meant = nearest(String(written), regions);
  return meant === undefined ? undefined : `did you mean "${meant}"?`;
}

const part = (mend: string) => z.record(z.string(), z.unknown(), { error: expected("an object", mend) });

export const environment = entry({
  region: text('name the AWS Region, such as "eu-west-1"')
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, {
      error: ({ input }) =>
        `${JSON.stringify(input)} is no AWS Region; ${meantRegion(input) ?? 'write one such as "eu-west-1"'}`,
      abort: true,
    })
    .refine((region) => !/^[a-z]{2}-iso/.test(region), {
      error: ({ input }) =>
        `${JSON.stringify(input)} is in an isolated partition, whose ARNs and principals this program does not write; choose a Region of aws, aws-cn or aws-us-gov`,
      abort: true,
    })
    .refine((region) => regions.includes(region), {
      error: ({ input }) =>
        `${JSON.stringify(input)} is no AWS Region that this program knows; ${meantRegion(input) ?? "choose another"} (if AWS has opened it lately, add it to infra/aws/arn.ts)`,
    }),
  prefix: text('choose the beginning of every physical name, such as "backbone"')
    .regex(keyCharacters, {
      error: ({ input }) => `${JSON.stringify(input)} cannot begin a name in every AWS service; ${keyMend}`,
    })
    .refine((prefix) => !/^(?:aws|ssm)/.test(prefix), {
      error: ({ input }) =>
        `${JSON.stringify(input)} begins with "aws" or "ssm", which SSM refuses; choose another prefix`,
    }),
  organizationId: text('give the AWS Organizations id, such as "o-abcde12345", or leave it out')
    .regex(/^o-[a-z0-9]{10,32}$/, {
      error: ({ input }) =>
        `${JSON.stringify(input)} is no organisation id; write "o-" and 10 to 32 small letters or digits, or leave it out`,
    })
    .optional(),
  publishing: z
    .enum(["statements", "organisation"], {
      error: expected(
        '"statements" or "organisation"',
        'write "organisation" to let in all accounts of organizationId, or leave it out',
      ),
    })
    .default("statements"),
  protect: flag("write true where deleting a bus or its log must be impossible"),
  logRetentionDays: logDays,
  accountIds: z.union([z.string(), z.record(z.string(), z.unknown())], {
    error: expected(
      "an account id or one id per account",
      'write "111111111111" or { global: "111111111111", … }',
    ),
  }),
  quotas: z
    .record(z.string(), z.unknown(), {
      error: expected("an object", `name the quotas AWS has raised: ${quotaNames.join(", ")}`),
    })
    .default({}),
  tags: z
    .record(z.string(), z.unknown(), {
      error: expected("an object", 'write tags by key, such as { "cost-centre": "4711" }, or leave it out'),
    })
    .default({}),
  roles: part(
    'write { path: "/backbone/", permissionsBoundary: "team-boundary" }, or leave it out',
  ).optional(),
  archive: part("write { retentionDays: 30 } to keep events, or leave it out").optional(),
  alarms: part('write {} to have alarms, or { emails: ["…"] } to be told by e-mail too').optional(),
  busLogging: part('write { level: "ERROR" }, or leave it out').optional(),
  encryption: z
    .union([z.boolean(), z.literal("ending")], {
      error: expected(
        'true, "ending" or false',
        'write true for a customer key in every account, "ending" to keep the keys until what they encrypted has expired, or leave it out',
      ),
    })
    .default(false),
  auditTrail: part('write { retentionDays: 365, deployRoleArn: "arn:…" }, or leave it out').optional(),
} satisfies Readers<EnvironmentDefinition>);

export const archiveDays = z
  .int({ error: expected("a whole number of days", "write how long events can be replayed, such as 30") })
  .min(1, {
    error: ({ input }) =>
      `${String(input)} days would keep events for ever, at a cost that only grows; write at least 1`,
  });

export const archive = entry({
  retentionDays: archiveDays,
  local: part("write days by member, such as { orders: 7 }, or leave it out").default({}),
} satisfies Readers<ArchiveDefinition>);

export const alarms = entry({
  emails: z
    .array(
      text('write an e-mail address, such as "on-call@example.com"').regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, {
        error: ({ input }) =>
          `${JSON.stringify(input)} is no e-mail address; write one such as "on-call@example.com"`,
      }),
      { error: expected("a list of e-mail addresses", 'write ["on-call@example.com"], or leave it out') },
    )
    .default([]),
  runbook: text('write a link, such as "https://wiki.example.com/backbone", or leave it out')
    // CloudWatch takes 1,024 characters of description, and the rest of it needs two thirds.
    .regex(/^https?:\/\/\S{1,290}$/, {
      error: ({ input }) =>
        `${JSON.stringify(input)} is no link of at most 300 characters; write one such as "https://wiki.example.com/backbone"`,
    })
    .optional(),
} satisfies Readers<AlarmsDefinition>);

export const busLogging = entry({
  level: z.enum(busLogLevels, {
    error: ({ input }) =>
      `${input === undefined ? "nothing" : JSON.stringify(input)} is no level of a bus's log; write one of ${busLogLevels.join(", ")}`,
  }),
  includeDetail: flag("write true to log the events' details too, or leave it out").default(false),
} satisfies Readers<BusLoggingDefinition>);

const environmentNames = z
  .array(
    z.string({
      error: expected("an environment's name", 'write the names of environments, such as ["dev"]'),
    }),
    {
      error: expected(
        "a list of environments",
        'write their names, such as ["dev"], or leave it out for all',
      ),
    },
  )
  .min(1, { error: "is in no environment; name at least one, or leave it out for all" })
  .optional();

/** What it is in each environment is checked with the contracts. */
const source = text('give its source, such as "com.example.orders"');

export const service = entry({
  account: text("name the account the service runs in"),
  source,
  contracts: z.record(z.string(), z.unknown(), {
    error: expected("an object", 'list what the service publishes, such as { "Order.Created": { … } }'),
  }),
  owner,
  environments: environmentNames,
  alsoSources: z
    .array(source, {
      error: expected("a list of sources", 'write ["com.example.former"], or leave it out'),
    })
    .default([]),
  alsoFrom: text("name the account the service comes from, or leave it out").optional(),
  name,
} satisfies Readers<ServiceDefinition>);

function isZodType(value: unknown): value is z.ZodType {
  return (
    typeof value === "object" &&
    value !== null &&
    "safeParse" in value &&
    typeof value.safeParse === "function"
  );
}

function isJsonSchema(value: unknown): value is JsonSchemaDetail {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "jsonSchema");
}

/** A schema, or where one is, without the word that says so. */
function isJsonSchemaToWrap(value: unknown): boolean {
  if (typeof value === "string" || value instanceof URL) return true;
  const words = ["$schema", "$ref", "type", "properties", "allOf", "anyOf", "oneOf"];
  return typeof value === "object" && value !== null && words.some((word) => Object.hasOwn(value, word));
}

const peakMend = "write the events a second at its busiest moment, such as 50, or leave it out";

export const contract = entry({
  description: sentence("what has happened when this event is seen"),
  version: z.int({ error: expected("a whole number", "count versions from 1") }).min(1, {
    error: ({ input }) => `version ${String(input)} is below 1; count versions from 1`,
  }),
  detail: z.custom<DetailDefinition>((value) => isZodType(value) || isJsonSchema(value), {
    error: ({ input }) =>
      expected(
        "a zod schema",
        isJsonSchemaToWrap(input)
          ? `a JSON Schema is written as jsonSchema(${typeof input === "string" ? JSON.stringify(input) : "…"})`
          : "describe the event's detail, such as z.object({ orderId: z.string() })",
      )({ input }),
  }),
  // One of the two: which, and whether each satisfies the schema, is checked with the contract.
  example: z.unknown().optional(),
  examples: z
    .record(z.string(), z.unknown(), {
      error: expected("an object", "write each example under a name, such as { plain: { … }, scan: { … } }"),
    })
    .refine((examples) => Object.keys(examples).length > 0, {
      error: "has no example; write at least one under a name, such as { plain: { … } }",
    })
    .optional(),
  source: source.optional(),
  peakPerSecond: z
    .number({ error: expected("a number", peakMend) })
    .positive({ error: ({ input }) => `${String(input)} events a second are no peak; ${peakMend}` })
    .optional(),
  deprecated: filled('say what to use instead, such as "use Order.Placed", or leave it out').optional(),
  owner,
  sensitive: flag("write true if its detail holds personal data, or leave it out").default(false),
} satisfies Readers<ContractDefinition>);

/** Who writes a list of receivers wants several routes. */
function oneRouteFor(receivers: readonly unknown[]): string {
  const named = receivers.filter((item) => typeof item === "string");
  const routes = (named.length > 0 ? named : ["…"]).map((to) => `{ events: …, to: ${JSON.stringify(to)} }`);
  return `write one route a line: ${routes.join(", ")}`;
}

/** What a route may name. */
export const eventsMend =
  'write one contract ("orders/Order.Created"), those of a service that begin alike ("orders/Order.*"), all of a service ("orders/*") or all events ("*")';

export const oneOrMany = (what: string, mend: string): z.ZodType<string | unknown[]> =>
  z.union([z.string(), z.array(z.unknown())], { error: expected(what, mend) });

export const filterField = z
  .record(z.string(), z.unknown(), {
    error: expected(
      "an object",
      'write a pattern for detail, such as { total: { amount: [{ numeric: [">", 100] }] } }',
    ),
  })
  .optional();

export const route = entry({
  // What is in a list is read by itself: one bad item must not hide the others.
  events: oneOrMany("text or a list", `${eventsMend}, or a list of them`),
  to: z.string({
    error: ({ input }) =>
      Array.isArray(input)
        ? `expected text, received a list; ${oneRouteFor(input)}`
        : expected("text", "name the account that receives the events")({ input }),
  }),
  filter: filterField,
  includeOwn: flag("write true to send an account its own contract back, or leave it out").default(false),
  allowUndeclared: flag(
    "write true to filter on fields that an open schema does not declare, or leave it out",
  ).default(false),
  environments: environmentNames,
} satisfies Readers<RouteDefinition>);

export const publisher = entry({
  events: oneOrMany("text or a list", `${eventsMend}, or a list of them`),
  by: oneOrMany("a service's name or a list", 'name who else publishes it, such as "appeals"'),
} satisfies Readers<PublisherDefinition>);

export const story = entry({
  title: sentence("what happens in the story"),
  steps: z
    .array(text('name a contract, such as "orders/Order.Created"'), {
      error: expected(
        "a list of contracts",
        'write them in the order they happen, such as ["orders/Order.Created"]',
      ),
    })
    .min(1, { error: "has no step; name at least one contract" }),
  begins: text(
    'give the path of the file that begins it, such as "services/orders/place-order.ts"',
  ).optional(),
} satisfies Readers<StoryDefinition>);

export const root = entry({
  accounts: z.record(z.string(), z.unknown(), { error: expected("an object", "list the accounts by name") }),
  environments: z.record(z.string(), z.unknown(), {
    error: expected("an object", "list the environments by name"),
  }),
  defaultEnvironment: text("name the environment of stacks whose name carries none"),
  services: z.record(z.string(), z.unknown(), { error: expected("an object", "list the services by name") }),
  routes: z.array(z.unknown(), { error: expected("a list", "write one { events, to } per route") }),
  subscriptions: z
    .record(z.string(), z.unknown(), { error: expected("an object", "list subscriptions by service") })
    .default({}),
  publishers: z
    .array(z.unknown(), { error: expected("a list", "write one { events, by } a line") })
    .default([]),
  sourceStyle: z
    .enum(["reverse-dns", "any"], {
      error: expected('"reverse-dns" or "any"', 'write "any" to take sources as they are, or leave it out'),
    })
    .default("reverse-dns"),
  stories: z
    .record(z.string(), z.unknown(), { error: expected("an object", "list the stories by name") })
    .default({}),
  canary: text('name the contract the canary publishes, such as "orders/Order.Updated"').optional(),
} satisfies Readers<RegistryDefinition>);
