export interface AwsErrorOptions {
  /** The name under which the query protocol has it, where that is another; older clients tell errors by it. */
  readonly queryCode?: string;
  readonly status?: number;
}

/** A refusal in AWS's own words: a code that SDKs know, and a sentence. The caller's fault, unless its status says otherwise. */
export class AwsError extends Error {
  readonly code: string;
  readonly queryCode: string;
  readonly status: number;

  constructor(code: string, message: string, { queryCode = code, status = 400 }: AwsErrorOptions = {}) {
    super(message);
    this.code = code;
    this.queryCode = queryCode;
    this.status = status;
  }
}

/** What SQS says about a value that it does not take. */
export function invalidValue(value: unknown, parameter: string, reason: string): AwsError {
  return new AwsError(
    "InvalidParameterValue",
    `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );
}
