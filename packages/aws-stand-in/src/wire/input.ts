import { AwsError } from "../aws-error.js";

type Fields = Readonly<Record<string, unknown>>;

/** Reads what a caller sent; what is missing or of another kind is refused in AWS's words. Forms hold texts only. */
export class Input {
  readonly #fields: Fields;
  readonly #path: string;

  constructor(fields: Fields, path = "") {
    this.#fields = fields;
    this.#path = path;
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#missing(name);
  }

  optionalText(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === "string") return value;
    return this.#wrong(name, "a string");
  }

  number(name: string): number {
    return this.optionalNumber(name) ?? this.#missing(name);
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === "number") return value;
    if (typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
    return this.#wrong(name, "a number");
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === "boolean") return value;
    return value === "true" || value === "false" ? value === "true" : this.#wrong(name, "true or false");
  }

  texts(name: string): readonly string[] {
    return this.#list(name).map((item) =>
      typeof item === "string" ? item : this.#wrong(name, "a list of strings"),
    );
  }

  /** An object that must be there. */
  item(name: string): Input {
    return new Input(this.#object(this.#value(name) ?? this.#missing(name), name), `${this.#path}${name}.`);
  }

  /** Objects of a list that must be there. */
  items(name: string): readonly Input[] {
    if (this.#value(name) === undefined) this.#missing(name);
    return this.#list(name).map(
      (item, index) => new Input(this.#object(item, name), `${this.#path}${name}.${index + 1}.`),
    );
  }

  /** Objects of a map, empty if it is not there. */
  entries(name: string): readonly (readonly [string, Input])[] {
    const map = this.#object(this.#value(name) ?? {}, name);
    return Object.entries(map).map(([key, value]) => [
      key,
      new Input(this.#object(value, name), `${this.#path}${name}.${key}.`),
    ]);
  }

  #value(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  #list(name: string): readonly unknown[] {
    const value = this.#value(name) ?? [];
    // How forms write a list without items.
    if (value === "") return [];
    return Array.isArray(value) ? value : this.#wrong(name, "a list");
  }

  #object(value: unknown, name: string): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return this.#wrong(name, "a structure");
    return Object.fromEntries(Object.entries(value));
  }

  #missing(name: string): never {
    throw new AwsError(
      "ValidationException",
      `1 validation error detected: Value null at '${this.#path}${name}' failed to satisfy constraint: Member must not be null`,
      { queryCode: "MissingParameter" },
    );
  }

  #wrong(name: string, kind: string): never {
    throw new AwsError("SerializationException", `${this.#path}${name} is not ${kind}`, {
      queryCode: "MalformedInput",
    });
  }
}
