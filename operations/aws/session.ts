import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { fromIni, fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { AssumedRole } from "../../infra/topology/index.js";
import { OperationError } from "../run.js";
import { describeFailure, isCredentialProblem, messageOf } from "./failure.js";
import { type RetryStrategy, retryStrategy } from "./retries.js";

/** An account of the registry, and how its stack gets there. */
export interface AccountRef {
  /** The registry's name for it. */
  readonly account: string;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** Roles to take on, first to last, as the stack's configuration says. */
  readonly assumeRoles: readonly AssumedRole[];
}

export interface AccessOptions {
  /**
   * Profile of the shared configuration files; `{account}` and `{accountId}` in it stand for the account's name and
   * id. It is the whole way into the account: the stack's roles are not taken on after it.
   */
  readonly profile?: string;
  /** Milliseconds before the first retry of a request. */
  readonly retryDelay?: number;
}

/** Clients for one account, with credentials that have been seen to belong to it. */
export interface AccountSession {
  readonly account: string;
  readonly accountId: string;
  readonly region: string;
  /** Who AWS says we are. */
  readonly callerArn: string;
  /** Milliseconds by which AWS's clock is ahead of ours. */
  readonly clockSkew: number;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly logs: CloudWatchLogsClient;
  readonly eventBridge: EventBridgeClient;
  /** Never repeats a request that may have been carried out. */
  readonly eventBridgeOnce: EventBridgeClient;
  /** Makes a client of another service, for whoever needs it, that keeps to the same. */
  readonly once: <Client extends Closable>(make: (settings: ClientSettings) => Client) => Client;
  /** The same account through another role. */
  readonly takeOn: (roleArn: string) => Promise<AccountSession>;
  readonly close: () => void;
}

interface Closable {
  readonly destroy: () => void;
}

/** What every client of a session has. */
export interface ClientSettings {
  readonly region: string;
  readonly credentials: Credentials;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
  readonly retryStrategy: RetryStrategy;
}

type Credentials = NonNullable<Extract<STSClientConfig["credentials"], (...args: never[]) => unknown>>;

const defaultRetryDelay = 200;

/**
 * Opens an account: a profile, or the default credential chain and then the stack's roles; then a look at who that is.
 * The endpoint is the SDK's own choice, which AWS_ENDPOINT_URL overrides.
 * @throws OperationError if there are no credentials, or they are of another account
 */
export async function openSession(ref: AccountRef, options: AccessOptions = {}): Promise<AccountSession> {
  const profile = options.profile
    ?.replaceAll("{account}", ref.account)
    .replaceAll("{accountId}", ref.accountId);
  const clientConfig = { region: ref.region };
  // A profile that was asked for wins over keys in the environment; the chain would take it as a suggestion.
  if (profile !== undefined) return sessionWith(ref, fromIni({ profile, clientConfig }), options);
  const credentials = ref.assumeRoles.reduce<Credentials>(
    (master, { roleArn, externalId, sessionName }) =>
      takingOn(ref, master, {
        RoleArn: roleArn,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
        ...(sessionName === undefined ? {} : { RoleSessionName: sessionName }),
      }),
    fromNodeProviderChain({ clientConfig }),
  );
  return sessionWith(ref, credentials, options);
}

interface RoleParams {
  readonly RoleArn: string;
  readonly ExternalId?: string;
  readonly RoleSessionName?: string;
}

/** @throws OperationError naming the role, when the credentials are asked for and AWS does not give them */
function takingOn(
  ref: AccountRef & { readonly callerArn?: string },
  masterCredentials: Credentials,
  params: RoleParams,
): Credentials {
  const provider = fromTemporaryCredentials({
    masterCredentials,
    params: { RoleSessionName: "event-backbone", ...params },
    clientConfig: { region: ref.region },
  });
  return async (...context) => {
    try {
      return await provider(...context);
    } catch (error) {
      if (error instanceof OperationError || isCredentialProblem(error)) throw error;
      throw new OperationError(describeFailure(error, `take on ${params.RoleArn}`, ref), {
        cause: error,
      });
    }
  };
}

async function sessionWith(
  ref: AccountRef,
  credentials: Credentials,
  options: AccessOptions,
): Promise<AccountSession> {
  const { account, accountId, region } = ref;
  const baseDelay = options.retryDelay ?? defaultRetryDelay;
  const common: ClientSettings = {
    region,
    credentials,
    // The SDK waits for ever by default; a redrive must come to an end.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
    retryStrategy: retryStrategy({ repeatable: true, baseDelay }),
  };
  const { callerArn, clockSkew } = await identify(ref, new STSClient(common));
  const onceSettings = { ...common, retryStrategy: retryStrategy({ repeatable: false, baseDelay }) };
  const made: Closable[] = [];
  const once: AccountSession["once"] = (make) => {
    const client = make(onceSettings);
    made.push(client);
    return client;
  };
  const clients = {
    // The queue's URL names the real host, whatever endpoint the SDK has been given.
    sqs: new SQSClient({ ...common, useQueueUrlAsEndpoint: false }),
    sns: new SNSClient(common),
    logs: new CloudWatchLogsClient(common),
    eventBridge: new EventBridgeClient(common),
    eventBridgeOnce: new EventBridgeClient(onceSettings),
  };
  return {
    account,
    accountId,
    region,
    callerArn,
    clockSkew,
    ...clients,
    once,
    takeOn: (roleArn) =>
      sessionWith(ref, takingOn({ ...ref, callerArn }, credentials, { RoleArn: roleArn }), options),
    close: () => {
      for (const client of [...Object.values(clients), ...made]) client.destroy();
    },
  };
}

interface Identity {
  readonly callerArn: string;
  readonly clockSkew: number;
}

async function identify(ref: AccountRef, sts: STSClient): Promise<Identity> {
  const { account, accountId } = ref;
  let clockSkew = 0;
  sts.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const date = dateOf(result.response);
      clockSkew = Number.isNaN(date) ? 0 : date - Date.now();
      return result;
    },
    { step: "deserialize" },
  );
  try {
    const { Account, Arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
    if (Account === accountId) return { callerArn: Arn, clockSkew };
    throw new OperationError(
      `the credentials are of account ${Account ?? "unknown"} (${Arn === "" ? "nobody" : Arn}), but "${account}" is account ${accountId} in the registry; name others with --profile or in the stack's assumeRoles`,
    );
  } catch (error) {
    if (error instanceof OperationError) throw error;
    throw new OperationError(describeSignIn(error, ref), { cause: error });
  } finally {
    sts.destroy();
  }
}

/** Milliseconds since 1970 by the Date header of an HTTP answer; NaN without one. */
function dateOf(response: unknown): number {
  if (typeof response !== "object" || response === null || !("headers" in response)) return Number.NaN;
  const { headers } = response;
  if (typeof headers !== "object" || headers === null || !("date" in headers)) return Number.NaN;
  return typeof headers.date === "string" ? Date.parse(headers.date) : Number.NaN;
}

function describeSignIn(error: unknown, ref: AccountRef): string {
  if (/multi-factor authentication/i.test(messageOf(error))) {
    return `the profile for account "${ref.account}" (${ref.accountId}) takes on a role that wants an MFA code, for which this command does not ask: take it on first (aws sts assume-role --role-arn … --role-session-name … --serial-number … --token-code …), write the keys that gives into a profile of their own and name that with --profile`;
  }
  return describeFailure(error, "find out whose credentials they are", ref);
}
