import { z } from "zod";
import type { ProviderPlace } from "../arns.js";

/** As they were recorded. */
export type Inputs = Readonly<Record<string, unknown>>;

/** One kind of resource: what AWS answers when one is made, and what of it is read. */
export interface Kind<Part> {
  /** Pulumi type token. */
  readonly type: string;
  /** The outputs that others use. */
  readonly answers: (inputs: Inputs, place: ProviderPlace) => Inputs;
  /** @returns undefined if so little can be read that nothing can be asked of it */
  readonly read: (inputs: Inputs, setting: Setting) => Part | undefined;
  /** Where a failure of it belongs: to its ARN, or to what it is attached to. */
  readonly belongs: (
    inputs: Inputs,
    setting: Pick<Setting, "place">,
    part: Part | undefined,
  ) => string | undefined;
}

/** Where a resource stands while it is read. */
export interface Setting {
  /** Account and Region it is made in. */
  readonly place: ProviderPlace;
  /** Logical name. */
  readonly name: string;
  /** ARN of the key that a text names: by ARN, id, alias, or the alias's ARN. */
  readonly keyArn: (named: string | undefined) => string | undefined;
  readonly report: (problem: string, mend: string) => void;
}

/** Reads what has passed the shape; `arn` is empty for kinds without. */
type Take<Shape extends z.ZodRawShape, Part> = (
  inputs: z.output<z.ZodObject<Shape>>,
  setting: Setting & { readonly arn: string },
) => Part;

type ArnMaker = (inputs: Inputs, place: ProviderPlace) => string;

interface Row<Shape extends z.ZodRawShape, Part> {
  readonly type: string;
  /**
   * ARN of one; undefined for what has none that anybody uses. Under mocks an output that is left unset turns into the
   * text "undefined" inside a policy, so every kind must say.
   */
  readonly arn: ArnMaker | undefined;
  /** What AWS answers besides. */
  readonly answers?: Kind<Part>["answers"];
  /**
   * Every property that is read, or that does not matter here. What it does not name is reported: a property that
   * changes delivery must not be passed over because nobody thought of it.
   */
  readonly shape: Shape;
  readonly part: Take<Shape, Part>;
}

export function kind<Shape extends z.ZodRawShape, Part>({
  type,
  arn,
  answers,
  shape,
  part,
}: Row<Shape, Part>): Kind<Part> {
  const schema = z.strictObject(shape);
  return {
    type,
    answers: (inputs, place) => ({
      ...(arn === undefined ? {} : { arn: arn(inputs, place) }),
      ...answers?.(inputs, place),
    }),
    read: (inputs, setting) => {
      const read = readable(schema, inputs, setting.report);
      return read && part(read, { ...setting, arn: arn?.(inputs, setting.place) ?? "" });
    },
    belongs: (inputs, { place }) => {
      try {
        return arn?.(inputs, place);
      } catch {
        return undefined;
      }
    },
  };
}

/** What is a resource of its own and yet a part of another, such as a bus's policy. */
export interface Attached {
  /** ARN of what it belongs to (a role's without path); undefined for what speaks for a whole account. */
  readonly of: string | undefined;
}

/** What a kind belongs to. */
export interface Belonging<Owner extends string> {
  /** List of what it may belong to. */
  readonly owner: Owner;
  /** How it and its owner are called. */
  readonly words: readonly [string, string];
  /** Whether AWS keeps one of it only, and a second silently replaces the first. */
  readonly isOnly: boolean;
}

export function attachment<Shape extends z.ZodRawShape, Part extends Attached, Owner extends string>({
  owner,
  words,
  isOnly,
  ...row
}: Omit<Row<Shape, Part>, "arn" | "answers"> & Belonging<Owner>): Kind<Part> & Belonging<Owner> {
  return {
    ...kind({ ...row, arn: undefined }),
    belongs: (_inputs, _setting, part) => part?.of,
    owner,
    words,
    isOnly,
  };
}

/** Properties that people read and nothing else. */
export const described = {
  description: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
};
/** Accepted, as it changes nothing that is asked here. */
export const anything = z.unknown().optional();

/** A name as ARN. */
export function named(arn: (place: ProviderPlace, name: string) => string, key = "name"): ArnMaker {
  return (inputs, place) => arn(place, text(inputs, key));
}

export function text(inputs: Inputs, key: string): string {
  const value = inputs[key];
  if (typeof value !== "string")
    throw new Error(`a fixed ${key} is needed to know the ARN, found ${typeof value}`);
  return value;
}

/** JSON text, as it is written; what is none AWS refuses, and so nothing has it. */
export const policyText = z.string().refine((written) => {
  try {
    JSON.parse(written);
    return true;
  } catch {
    return false;
  }
}, "is not JSON text");

/** JSON text, read. */
export const jsonText = <Value extends z.ZodType>(value: Value): z.ZodType<z.output<Value>> =>
  policyText.transform((written): unknown => JSON.parse(written)).pipe(value);

/** JSON text, read; what AWS refuses is told as a whole, in the form that it takes. */
export const settingText = <Value extends z.ZodType>(
  value: Value,
  form: string,
): z.ZodType<z.output<Value>> =>
  policyText.transform((written, context): z.output<Value> => {
    const reading = value.safeParse(JSON.parse(written));
    if (reading.success) return reading.data;
    context.addIssue({ code: "custom", message: `is ${written}; AWS takes ${form}` });
    return z.NEVER;
  });

/** A whole number between two bounds of AWS's. */
export function within(least: number, most: number): z.ZodNumber {
  const refused = `is not a whole number from ${least} to ${most}, as AWS wants it`;
  return z.number().refine((value) => Number.isInteger(value) && value >= least && value <= most, refused);
}

/** Reads what can be read: what is not understood is reported, and left out. */
function readable<Value>(
  schema: z.ZodType<Value>,
  inputs: Inputs,
  report: Setting["report"],
): Value | undefined {
  const reading = schema.safeParse(inputs);
  if (reading.success) return reading.data;
  const refused = reading.error.issues.flatMap((issue) => {
    const { path } = issue;
    if (issue.code === "unrecognized_keys") {
      const keys = issue.keys.join(", ");
      report(
        `the rehearsal does not model ${keys}`,
        `take ${keys} away: nobody can say whether the resource does with it what the registry says`,
      );
      return issue.keys.map((key) => [...path, key]);
    }
    const at = path.join(".");
    const found = path.reduce<unknown>(member, inputs);
    if (found === undefined) report(`has no ${at}${at === "name" ? unnamed : ""}`, `give it its ${at}`);
    else report(`${at} ${wrong(issue, found)}`, `mend its ${at}`);
    return [path];
  });
  return schema.safeParse(refused.reduce<unknown>(without, inputs)).data;
}

const unnamed = ": AWS then chooses one, and no other stack can know the ARN";

function wrong(issue: z.core.$ZodIssue, found: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return `is ${JSON.stringify(found)}, and must be a ${issue.expected}`;
    case "invalid_value":
      return `is ${JSON.stringify(found)}, and must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    default:
      return issue.message;
  }
}

function member(value: unknown, key: PropertyKey): unknown {
  const members = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return members.find(([name]) => name === String(key))?.[1];
}

/** The value without what is at a path. */
function without(value: unknown, [key, ...path]: readonly PropertyKey[]): unknown {
  if (key === undefined) return undefined;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === key ? without(item, path) : item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) =>
      name !== key ? [[name, item]] : path.length === 0 ? [] : [[name, without(item, path)]],
    ),
  );
}
