import { OperationError } from "../run.js";

/** HTTP status of an answer; undefined if there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const status = metadataOf(error)?.httpStatusCode;
  return typeof status === "number" ? status : undefined;
}

function metadataOf(error: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  const { $metadata } = error;
  return typeof $metadata === "object" && $metadata !== null
    ? Object.fromEntries(Object.entries($metadata))
    : undefined;
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

/** Enough of a message to know what it says; whole pages come back too. */
const longestMessage = 300;

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  // A connection that is refused on every address has an empty message of its own.
  return oneLine(error.message === "" ? codeOf(error) : error.message);
}

/** Somebody else wrote it: one line without control characters, or it could paint over others. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, " ").trim();
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line;
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

/**
 * What is known of a request that failed. `refused`: AWS said no, by a code it documents; `not-sent`: nothing left
 * this machine; `unknown`: it may have been carried out.
 */
export type FailureKind = "refused" | "not-sent" | "unknown";

export function failureKind(error: unknown): FailureKind {
  if (isNotSent(error)) return "not-sent";
  return isRefusal(error) ? "refused" : "unknown";
}

/** Being throttled, in the words of the services that events are given to. */
const throttles = [
  "KMSThrottlingException",
  "KmsThrottled",
  "KmsThrottlingException",
  "ProvisionedThroughputExceededException",
  "RequestThrottled",
  "ThrottledException",
  "ThrottlingException",
  "TooManyRequestsException",
];

/**
 * The errors of AWS's own that say that a call was not carried out: those that all services have, and those of the calls
 * that give an event to a bus, a queue, a topic, a stream, a delivery stream, a function or a state machine.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html
 */
const refusals = new Set([
  ...throttles,
  "AccessDeniedException",
  "AuthorizationErrorException",
  "BatchRequestTooLong",
  "BatchRequestTooLongException",
  "ExecutionAlreadyExists",
  "ExecutionLimitExceeded",
  "ExpiredToken",
  "ExpiredTokenException",
  "IncompleteSignature",
  "IncompleteSignatureException",
  "InvalidAddress",
  "InvalidArgumentException",
  "InvalidArn",
  "InvalidClientTokenId",
  "InvalidExecutionInput",
  "InvalidKMSResourceException",
  "InvalidMessageContents",
  "InvalidName",
  "InvalidParameterException",
  "InvalidParameterValueException",
  "InvalidRequestContentException",
  "InvalidSecurity",
  "InvalidSecurityException",
  "InvalidSignatureException",
  "InvalidSourceException",
  "KMSAccessDeniedException",
  "KMSDisabledException",
  "KMSInvalidStateException",
  "KMSNotFoundException",
  "KMSOptInRequired",
  "KmsAccessDenied",
  "KmsAccessDeniedException",
  "KmsDisabled",
  "KmsInvalidKeyUsage",
  "KmsInvalidState",
  "KmsInvalidStateException",
  "KmsNotFound",
  "KmsOptInRequired",
  "MalformedHttpRequestException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "NotAuthorized",
  "NotFoundException",
  "OptInRequired",
  "QueueDoesNotExist",
  "RequestEntityTooLargeException",
  "RequestExpired",
  "RequestTooLargeException",
  "ResourceConflictException",
  "ResourceNotFoundException",
  "SerializationException",
  "SignatureDoesNotMatch",
  "StateMachineDeleting",
  "StateMachineDoesNotExist",
  "UnknownOperationException",
  "UnrecognizedClientException",
  "UnsupportedMediaTypeException",
  "UnsupportedOperation",
  "ValidationError",
  "ValidationException",
]);

/** Whether AWS itself said no: anything between it and us may answer with any status, after it has passed a request on. */
function isRefusal(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  return (
    isAnswerOfAws(error) && status >= 400 && status < 500 && status !== 408 && refusals.has(nameOf(error))
  );
}

/** AWS gives every answer an id, gateways and proxies do not. */
function isAnswerOfAws(error: unknown): boolean {
  const requestId = metadataOf(error)?.requestId;
  return typeof requestId === "string" && requestId !== "";
}

/** A refusal that is about the content of the request: another one may pass. */
export function isAboutContent(error: unknown): boolean {
  return /^(?:ValidationE|SerializationE|MalformedHttpRequest|Request(?:Entity)?TooLarge|BatchRequestTooLong|ExecutionAlreadyExists|Invalid(?:Argument|ExecutionInput|MessageContents|Name|Parameter|RequestContent))/.test(
    nameOf(error),
  );
}

/** A refusal that is about whatever should have got the request, or its key: something else may take it. */
export function isAboutDestination(error: unknown): boolean {
  return /^K[Mm][Ss](?!Throttl)|^(?:Queue|StateMachine)DoesNotExist$|^(?:Resource)?NotFoundException$|^StateMachineDeleting$/.test(
    nameOf(error),
  );
}

/** Being throttled by AWS's own word: such a request was not carried out. */
export function isThrottledByAws(error: unknown): boolean {
  return isRefusal(error) && throttles.includes(nameOf(error));
}

/** A signature that AWS refused for the time in it; the SDK has taken over AWS's time from that answer. */
export function isCorrectedClock(error: unknown): boolean {
  return isRefusal(error) && metadataOf(error)?.clockSkewCorrected === true;
}

/** No credentials to sign with, an unknown host, or a connection that did not come about on any address. */
function isNotSent(error: unknown): boolean {
  if (/^(?:CredentialsProvider|TokenProvider|Provider)Error$/.test(nameOf(error))) return true;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isNotSent);
  if (!(error instanceof Error) || !("syscall" in error)) return false;
  return error.syscall === "connect" || error.syscall === "getaddrinfo";
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
 * @param how "from", if what it was attempted on may be in another account than the one that asked
 */
export function describeFailure(
  error: unknown,
  doing: string,
  place: CallPlace,
  how: "in" | "from" = "in",
): string {
  const account = `account "${place.account}" (${place.accountId})`;
  const where = `${how} ${account}`;
  const message = messageOf(error);
  const status = statusOf(error);
  if (isCredentialProblem(error)) {
    return `the credentials for ${account} cannot be used to ${doing}: ${message}; sign in again, or name others with --profile or in the stack's assumeRoles${notEnabled(error)}`;
  }
  if (status === undefined) {
    return `AWS could not be reached to ${doing} ${where}: ${message}`;
  }
  if (!isAnswerOfAws(error) || error instanceof SyntaxError) {
    return `no answer of AWS that can be read came back to the request to ${doing} ${where}: HTTP ${status}${firstWords(error)}`;
  }
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation|AuthorizationError/.test(nameOf(error))) {
    const who = place.callerArn ?? "the caller";
    return `${who} may not ${doing} ${where}: ${message}`;
  }
  const verb = status < 500 ? "refused" : "failed";
  return `AWS ${verb} to ${doing} ${where}: ${nameOf(error)}: ${message}${notDeployed(error)}`;
}

function notEnabled(error: unknown): string {
  return /^(?:InvalidClientTokenId|UnrecognizedClientException)$/.test(nameOf(error))
    ? "; or the Region is not enabled in that account"
    : "";
}

function notDeployed(error: unknown): string {
  return /QueueDoesNotExist|NonExistentQueue|ResourceNotFound/.test(nameOf(error))
    ? " (has the account's stack been deployed?)"
    : "";
}

/** What the SDK says about an answer that it could not read, which quotes its beginning; without its own hint to programmers. */
function firstWords(error: unknown): string {
  const [words = ""] = messageOf(error).split("Deserialization error:");
  return words.trim() === "" ? "" : `: ${words.trim()}`;
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
