import { OperationError } from "../errors.js";

/** HTTP status of an answer that was an error; undefined if there was no answer. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  const { $metadata } = error;
  if (typeof $metadata !== "object" || $metadata === null || !("httpStatusCode" in $metadata)) {
    return undefined;
  }
  return typeof $metadata.httpStatusCode === "number" ? $metadata.httpStatusCode : undefined;
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A connection that is refused on every address has an empty message of its own.
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return error.message === "" ? code : error.message;
}

/** Whether the request was certainly not carried out: AWS said no, or it was never sent. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return (status !== undefined && status >= 400 && status < 500) || isCredentialProblem(error);
}

const credentialProblems =
  /^(?:CredentialsProviderError|TokenProviderError|ProviderError|ExpiredToken(?:Exception)?|InvalidClientTokenId|UnrecognizedClientException|InvalidSignatureException|SignatureDoesNotMatch)$/;

export function isCredentialProblem(error: unknown): boolean {
  return credentialProblems.test(nameOf(error));
}

/** Where a request was made, for the sentence about its failure. */
export interface CallPlace {
  readonly account: string;
  readonly accountId: string;
  readonly callerArn?: string;
}

/**
 * Puts a failed request into one sentence.
 * @param doing what was attempted, as in "cannot <read the queue>"
 */
export function describeFailure(error: unknown, doing: string, place: CallPlace): string {
  const where = `account "${place.account}" (${place.accountId})`;
  const message = messageOf(error);
  if (isCredentialProblem(error)) {
    return `the credentials for ${where} cannot be used to ${doing}: ${message}; sign in again, or name others with --profile or in the stack's assumeRoles${notEnabled(error)}`;
  }
  if (statusOf(error) === undefined) {
    return `AWS could not be reached to ${doing} in ${where}: ${message}`;
  }
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation/.test(nameOf(error))) {
    const who = place.callerArn ?? "the caller";
    return `${who} may not ${doing} in ${where}: ${message}`;
  }
  return `AWS refused to ${doing} in ${where}: ${nameOf(error)}: ${message}`;
}

function notEnabled(error: unknown): string {
  return /^(?:InvalidClientTokenId|UnrecognizedClientException)$/.test(nameOf(error))
    ? "; or the Region is not enabled in that account"
    : "";
}

/** @throws OperationError with the sentence, if the request fails */
export async function orExplain<Answer>(
  request: Promise<Answer>,
  doing: string,
  place: CallPlace,
): Promise<Answer> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof OperationError) throw error;
    throw new OperationError(describeFailure(error, doing, place), { cause: error });
  }
}
