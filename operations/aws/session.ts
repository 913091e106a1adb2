import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { fromIni, fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { AssumedRole } from "../../infra/topology/index.js";
import { OperationError } from "../errors.js";
import { orExplain } from "./failure.js";
import { retryStrategy } from "./retries.js";

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
  /** Profile of the shared configuration files; `{account}` in it stands for the account's name. */
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
  readonly sqs: SQSClient;
  readonly logs: CloudWatchLogsClient;
  readonly eventBridge: EventBridgeClient;
  /** Never repeats a request that may have been carried out. */
  readonly eventBridgeOnce: EventBridgeClient;
  /** The same account through another role. */
  readonly takeOn: (roleArn: string) => Promise<AccountSession>;
  readonly close: () => void;
}

type Credentials = NonNullable<Extract<STSClientConfig["credentials"], (...args: never[]) => unknown>>;

const defaultRetryDelay = 200;

/**
 * Opens an account: the default credential chain or a profile, then the stack's roles, then a look at who that is.
 * The endpoint is the SDK's own choice, which AWS_ENDPOINT_URL overrides.
 * @throws OperationError if there are no credentials, or they are of another account
 */
export async function openSession(ref: AccountRef, options: AccessOptions = {}): Promise<AccountSession> {
  const profile = options.profile?.replaceAll("{account}", ref.account);
  const clientConfig = { region: ref.region };
  // A profile that was asked for wins over keys in the environment; the chain would take it as a suggestion.
  const base =
    profile === undefined ? fromNodeProviderChain({ clientConfig }) : fromIni({ profile, clientConfig });
  const credentials = ref.assumeRoles.reduce<Credentials>(
    (master, { roleArn, externalId, sessionName }) =>
      takingOn(ref.region, master, {
        RoleArn: roleArn,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
        ...(sessionName === undefined ? {} : { RoleSessionName: sessionName }),
      }),
    base,
  );
  return sessionWith(ref, credentials, options);
}

interface RoleParams {
  readonly RoleArn: string;
  readonly ExternalId?: string;
  readonly RoleSessionName?: string;
}

function takingOn(region: string, masterCredentials: Credentials, params: RoleParams): Credentials {
  return fromTemporaryCredentials({
    masterCredentials,
    params: { RoleSessionName: "event-backbone", ...params },
    clientConfig: { region },
  });
}

async function sessionWith(
  ref: AccountRef,
  credentials: Credentials,
  options: AccessOptions,
  takenOn?: { readonly roleArn: string; readonly callerArn: string },
): Promise<AccountSession> {
  const { account, accountId, region } = ref;
  const baseDelay = options.retryDelay ?? defaultRetryDelay;
  const common = {
    region,
    credentials,
    // The SDK waits for ever by default; a redrive must come to an end.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
    retryStrategy: retryStrategy({ repeatable: true, baseDelay }),
  };
  const callerArn = await identify(ref, new STSClient(common), takenOn);
  const clients = {
    // The queue's URL names the real host, whatever endpoint the SDK has been given.
    sqs: new SQSClient({ ...common, useQueueUrlAsEndpoint: false }),
    logs: new CloudWatchLogsClient(common),
    eventBridge: new EventBridgeClient(common),
    eventBridgeOnce: new EventBridgeClient({
      ...common,
      retryStrategy: retryStrategy({ repeatable: false, baseDelay }),
    }),
  };
  return {
    account,
    accountId,
    region,
    callerArn,
    ...clients,
    takeOn: (roleArn) =>
      sessionWith(ref, takingOn(region, credentials, { RoleArn: roleArn }), options, { roleArn, callerArn }),
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** The first request with credentials: a role that may not be taken on is found here. */
async function identify(
  { account, accountId }: AccountRef,
  sts: STSClient,
  takenOn: { readonly roleArn: string; readonly callerArn: string } | undefined,
): Promise<string> {
  try {
    const { Account, Arn } = await orExplain(
      sts.send(new GetCallerIdentityCommand({})),
      takenOn === undefined ? "find out whose credentials they are" : `take on ${takenOn.roleArn}`,
      { account, accountId, ...(takenOn === undefined ? {} : { callerArn: takenOn.callerArn }) },
    );
    if (Account === accountId) return Arn ?? "";
    throw new OperationError(
      `the credentials are of account ${Account ?? "unknown"} (${Arn ?? "nobody"}), but "${account}" is account ${accountId} in the registry; name others with --profile or in the stack's assumeRoles`,
    );
  } finally {
    sts.destroy();
  }
}
