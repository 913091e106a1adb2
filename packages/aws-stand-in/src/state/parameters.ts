import { AwsError } from "../aws-error.js";
import { type Clock, systemClock } from "./clock.js";

/** What a parameter holds; one that holds a URL of ours depends on the name by which a caller has found us. */
export type ParameterValue = string | ((host: string) => string);

export interface Parameter {
  readonly arn: string;
  readonly name: string;
  readonly type: "String" | "StringList" | "SecureString";
  readonly value: ParameterValue;
  readonly version: number;
  readonly modifiedAt: number;
}

export interface NewParameter {
  /** `arn:aws:ssm:<region>:<account>:parameter/<name>`. */
  readonly arn: string;
  readonly value: ParameterValue;
  /** Default: `String`. */
  readonly type?: Parameter["type"];
}

/** The Parameter Store of all accounts and Regions. */
export class Parameters {
  readonly #clock: Clock;
  readonly #parameters = new Map<string, Parameter>();

  constructor({ clock = systemClock }: { readonly clock?: Clock } = {}) {
    this.#clock = clock;
  }

  /** @returns the parameter as it is from now on: a new version of it, if it is there already */
  put({ arn, value, type = "String" }: NewParameter): Parameter {
    const version = (this.#parameters.get(arn)?.version ?? 0) + 1;
    const name = arn.slice(arn.indexOf(":parameter/") + ":parameter".length);
    const parameter = { arn, name: hierarchical(name), type, value, version, modifiedAt: this.#clock.now() };
    this.#parameters.set(arn, parameter);
    return parameter;
  }

  get(arn: string): Parameter | undefined {
    return this.#parameters.get(arn);
  }

  /** @throws AwsError if it does not exist */
  existing(arn: string): Parameter {
    const parameter = this.#parameters.get(arn);
    if (parameter !== undefined) return parameter;
    throw new AwsError("ParameterNotFound", "");
  }

  /** Those whose ARN begins so, by name. */
  under(prefix: string): Parameter[] {
    return [...this.#parameters.values()]
      .filter(({ arn }) => arn.startsWith(prefix))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }
}

/** A name without a further slash has none in front either; an ARN does not tell the two apart. */
function hierarchical(name: string): string {
  return name.includes("/", 1) ? name : name.slice(1);
}
