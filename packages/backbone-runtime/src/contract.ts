import type { Environment } from "./environment.js";
import { wanted } from "./environment.js";

/**
 * What is needed of a schema: the Standard Schema interface, which zod, valibot and arktype have.
 * @see https://standardschema.dev
 */
export interface Schema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly validate: (value: unknown) => Verdict<Output> | Promise<Verdict<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type Verdict<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What service code knows of a kind of event. `Input` is what is published, `Output` what a handler gets. */
export interface Contract<
  Input = unknown,
  Output = Input,
  From extends string | undefined = undefined,
> extends Origin<From> {
  /** `{environment}` in it stands for the environment's name. */
  readonly source: string;
  /** Other sources under which its events arrive: former ones, or of a list. */
  readonly alsoSources?: readonly string[] | undefined;
  readonly detailType: string;
  readonly detail: Schema<Input, Output>;
  /** Whether its detail holds personal data: no value of it is told in errors, logs and letters then. */
  readonly sensitive?: boolean | undefined;
}

/** Where events come from that services only receive. */
interface Origin<From extends string | undefined> {
  /** Bus of AWS's own events or of a partner's, which nobody else can publish; absent for what services publish. */
  readonly from?: From;
}

/** A contract to handle events of, whoever publishes them. */
export type AnyContract<Input = unknown, Output = Input> = Contract<Input, Output, string | undefined>;

/** What is published under a contract. */
export type DetailOf<Of extends AnyContract> = Of extends AnyContract<infer Input> ? Input : never;

/** A service as its definition in a registry has it. */
export interface ServiceOf<
  Contracts extends ContractsOf,
  From extends string | undefined = undefined,
> extends Origin<From> {
  /** Several only where they are of AWS. */
  readonly source: string | readonly string[];
  readonly alsoSources?: readonly string[] | undefined;
  readonly contracts: Contracts;
}

type ContractsOf = Readonly<
  Record<
    string,
    {
      readonly detail: unknown;
      readonly source?: string | undefined;
      readonly sensitive?: boolean | undefined;
    }
  >
>;

/** Detail-types whose schema can check a detail by itself, as one of zod can and a JSON Schema cannot. */
type Checkable<Contracts extends ContractsOf> = {
  [DetailType in keyof Contracts & string]: Contracts[DetailType]["detail"] extends Schema
    ? DetailType
    : never;
}[keyof Contracts & string];

type Types<Detail> = Detail extends Schema ? NonNullable<Detail["~standard"]["types"]> : never;

/**
 * A contract of a service, typed by its schema: `contract(orders, "Order.Created")`.
 * @param schema checks the detail where the definition has no schema that can, such as a JSON Schema: see {@link ajvSchema}
 */
export function contract<
  Contracts extends ContractsOf,
  DetailType extends Checkable<Contracts>,
  From extends string | undefined = undefined,
>(
  service: ServiceOf<Contracts, From>,
  detailType: DetailType,
): Contract<
  Types<Contracts[DetailType]["detail"]>["input"],
  Types<Contracts[DetailType]["detail"]>["output"],
  From
>;
export function contract<
  Contracts extends ContractsOf,
  Input,
  Output,
  From extends string | undefined = undefined,
>(
  service: ServiceOf<Contracts, From>,
  detailType: keyof Contracts & string,
  schema: Schema<Input, Output>,
): Contract<Input, Output, From>;
export function contract(
  { from, source: written, alsoSources = [], contracts }: ServiceOf<ContractsOf, string | undefined>,
  detailType: string,
  schema?: Schema,
): AnyContract {
  const words = contracts[detailType];
  const sources = words?.source ?? written;
  const [source = "", ...others] = typeof sources === "string" ? [sources] : sources;
  if (words === undefined)
    throw new TypeError(
      `the service ${source} has no contract ${detailType}; it has ${Object.keys(contracts).join(", ")}`,
    );
  const detail = schema ?? words.detail;
  if (!isSchema(detail))
    throw new TypeError(
      `the contract ${detailType} of ${source} has no schema that can check a detail; give one: contract(service, ${JSON.stringify(detailType)}, ajvSchema(ajv.compile(…)))`,
    );
  return {
    ...(from === undefined ? {} : { from }),
    source,
    alsoSources: words.source === undefined ? [...others, ...alsoSources] : undefined,
    detailType,
    detail,
    sensitive: words.sensitive,
  };
}

function isSchema(value: unknown): value is Schema {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") && "~standard" in value
  );
}

/** What ajv's `compile` returns. `allErrors: true` there, for everything that is wrong to be told at once. */
export interface AjvCheck<Detail> {
  (value: unknown): value is Detail;
  errors?:
    readonly { readonly instancePath: string; readonly message?: string | undefined }[] | null | undefined;
}

/** A JSON Schema that ajv has compiled, as a schema of a contract. */
export function ajvSchema<Detail>(check: AjvCheck<Detail>): Schema<Detail> {
  return {
    "~standard": {
      validate: (value) => {
        if (check(value)) return { value };
        return {
          issues: (check.errors ?? []).map(({ instancePath, message }) => ({
            message: message ?? "is not as its schema says",
            path: instancePath.split("/").slice(1).map(unescaped),
          })),
        };
      },
    },
  };
}

function unescaped(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The sources of a contract's events in this environment: the one it is published under, then the others. */
export function sourcesOf(
  { source, alsoSources = [] }: Pick<AnyContract, "source" | "alsoSources">,
  environment: Environment,
): readonly [string, ...string[]] {
  const here = (text: string) =>
    text.includes("{environment}")
      ? text.replaceAll("{environment}", wanted(environment, "BACKBONE_ENVIRONMENT"))
      : text;
  return [here(source), ...alsoSources.map(here)];
}

/** Whether AWS or a partner publishes under a source: EventBridge takes its events from nobody else. */
export function isOfAws(source: string): boolean {
  return source.startsWith("aws.");
}

export type Checked<Output> =
  | { readonly ok: true; readonly detail: Output }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Whether a detail, without `metadata`, is as its contract says; in what it is not, everything at once. */
export async function checkDetail<Output>(
  { detail: schema, sensitive = false }: AnyContract<unknown, Output>,
  detail: unknown,
): Promise<Checked<Output>> {
  const verdict = await schema["~standard"].validate(detail);
  if (verdict.issues === undefined) return { ok: true, detail: verdict.value };
  return {
    ok: false,
    problems: verdict.issues.map(({ message, path = [] }) => {
      const keys = path.map((segment) => (typeof segment === "object" ? segment.key : segment));
      return `${formatPath(keys)}: ${message}${sensitive ? "" : ` (is ${shown(valueAt(detail, keys))})`}`;
    }),
  };
}

function formatPath(keys: readonly PropertyKey[]): string {
  if (keys.length === 0) return "detail";
  return keys
    .map((key, index) => {
      const name = String(key);
      if (/^\d+$/.test(name)) return `[${name}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `[${JSON.stringify(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join("");
}

function valueAt(value: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? Reflect.get(inner, key)
        : undefined,
    value,
  );
}

const shownCharacters = 100;

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
}
