/** A condition block: operator, then key, then the value or values compared with. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export type Principal =
  "*" | { readonly AWS: string | readonly string[] } | { readonly Service: string | readonly string[] };

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  /** Absent in identity policies, required in trust and resource policies. */
  readonly Principal?: Principal;
  readonly Action: string | readonly string[];
  /** Absent in trust policies. */
  readonly Resource?: string | readonly string[];
  readonly Condition?: ConditionBlock;
}

/**
 * A policy as AWS stores it, kept as a value until the last line.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** The version is always written: without it SQS takes 2008-10-17 and the AWS provider waits for ever. */
export function policyDocument(...statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** As policies write values: one alone is no list. */
export function oneOrAll<Value>(values: readonly Value[]): Value | readonly Value[] {
  const [only, ...others] = values;
  return only === undefined || others.length > 0 ? values : only;
}
