import type { DetailSchema } from "./detail/schema.js";
import { formatPath, nearest, type PathSegments } from "./problem.js";
import { isRecord } from "./read.js";

/** One change of an example that is probably meant. */
interface Change {
  readonly words: string;
  /** The example with it. */
  readonly changed: unknown;
}

/**
 * What to write instead in an example that does not satisfy its schema: each change takes a problem away and brings
 * none, as the schema itself says. Undefined if none was probably meant.
 */
export function mendExample(schema: DetailSchema, example: unknown): string | undefined {
  const known = wordsOf(schema);
  const words: string[] = [];
  let [value, problems] = [example, schema.problemsOf(example)];
  for (let tries = mostTries; tries > 0;) {
    let better: Change | undefined;
    for (const change of changesOf(value, known)) {
      tries -= 1;
      const left = schema.problemsOf(change.changed);
      if (left.length < problems.length && left.every((problem) => problems.includes(problem))) {
        better = change;
        problems = left;
        break;
      }
      if (tries === 0) break;
    }
    if (better === undefined) break;
    words.push(better.words);
    value = better.changed;
  }
  if (words.length === 0) return undefined;
  return `write ${words.join(", ")}${problems.length === 0 ? "" : ", and mend the rest"}, or mend the schema`;
}

/** An example may have as many values as an event; nobody wants to wait for all of them. */
const mostTries = 2_000;

interface SchemaWords {
  readonly values: readonly string[];
  readonly fields: readonly string[];
}

/** The texts that a schema lists somewhere, and the fields that it names. */
function wordsOf(schema: DetailSchema): SchemaWords {
  const read = schema.asRead();
  const values: string[] = [];
  const fields: string[] = [];
  const seen = new Set<unknown>();
  const walk = (part: unknown): void => {
    if (typeof part !== "object" || part === null || seen.has(part)) return;
    seen.add(part);
    if (isRecord(part)) {
      values.push(...[part.enum, part.const].flat().filter((value) => typeof value === "string"));
      if (isRecord(part.properties)) fields.push(...Object.keys(part.properties));
    }
    Object.values(part).forEach(walk);
  };
  if (read !== "unreadable") walk(read.root);
  return { values, fields };
}

/** Every single change, from the outside in. */
function* changesOf(value: unknown, known: SchemaWords, path: PathSegments = []): Generator<Change> {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    for (const [index, item] of items.entries()) {
      for (const { words, changed } of changesOf(item, known, [...path, index]))
        yield { words, changed: items.with(index, changed) };
    }
  } else if (isRecord(value)) {
    for (const [name, inner] of Object.entries(value)) {
      const meant = meantField(value, name, known);
      if (meant !== undefined) {
        const [written, from] = [meant, name].map((field) => formatPath([...path, field]));
        yield { words: `${written} for ${from}`, changed: withField(value, name, meant, inner) };
      }
      for (const { words, changed } of changesOf(inner, known, [...path, name]))
        yield { words, changed: { ...value, [name]: changed } };
    }
  } else {
    for (const other of otherValues(value, known))
      yield { words: `${formatPath(path)}: ${JSON.stringify(other)}`, changed: other };
  }
}

function meantField(
  value: Readonly<Record<string, unknown>>,
  name: string,
  { fields }: SchemaWords,
): string | undefined {
  if (fields.includes(name)) return undefined;
  return nearest(
    name,
    fields.filter((field) => !Object.hasOwn(value, field)),
  );
}

function withField(
  value: Readonly<Record<string, unknown>>,
  name: string,
  meant: string,
  inner: unknown,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).map(([key, other]) => (key === name ? [meant, inner] : [key, other])),
  );
}

/** The listed text that was probably meant, and the same value with or without quotes. */
function otherValues(value: unknown, { values }: SchemaWords): readonly unknown[] {
  if (typeof value === "number" || typeof value === "boolean") return [String(value)];
  if (typeof value !== "string") return [];
  const listed = nearest(value, values);
  return [
    ...(listed === undefined ? [] : [listed]),
    ...(value === "true" || value === "false" ? [value === "true"] : []),
    ...(value !== "" && String(Number(value)) === value ? [Number(value)] : []),
  ];
}
