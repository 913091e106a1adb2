import { lazy } from "./aws.js";
import { isRecord } from "./envelope.js";
import { defaultExpiry, type OnceStore, type StoreOptions } from "./store.js";

type Item = Record<string, { S: string } | { N: string }>;

interface Conditional {
  readonly TableName: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues: Item;
}

/** What is needed of DynamoDB: `new DynamoDB()` of the AWS SDK has it. */
export interface DynamoClient {
  readonly putItem: (
    input: Conditional & {
      readonly Item: Item;
      /** Gives the item that stood in the way with the error. */
      readonly ReturnValuesOnConditionCheckFailure?: "ALL_OLD";
    },
  ) => Promise<unknown>;
  readonly deleteItem: (input: Conditional & { readonly Key: Item }) => Promise<unknown>;
}

export interface DynamoStoreOptions extends StoreOptions {
  readonly client?: DynamoClient;
}

/**
 * Remembers in a DynamoDB table with the partition key `id` (text) and the time to live in `expiresAt`. A run that is
 * begun has `holder` and `leaseEnds`, one that is done has neither. Needs `dynamodb:PutItem` and `dynamodb:DeleteItem`.
 */
export function dynamoStore(
  table: string,
  { client, now = Date.now, expiryMilliseconds = defaultExpiry }: DynamoStoreOptions = {},
): OnceStore {
  const connect = lazy(() => (client === undefined ? loadClient() : Promise.resolve(client)));
  const seconds = (milliseconds: number) => ({ N: String(Math.floor(milliseconds / 1_000)) });
  const expiry = () => ({ expiresAt: seconds(now() + expiryMilliseconds) });
  const ifOwn = (token: string) => ({
    TableName: table,
    ConditionExpression: "holder = :token",
    ExpressionAttributeValues: { ":token": { S: token } },
  });
  return {
    begin: async (key, token, leaseMilliseconds) => {
      const dynamo = await connect();
      try {
        await dynamo.putItem({
          TableName: table,
          Item: {
            id: { S: key },
            holder: { S: token },
            leaseEnds: { N: String(now() + leaseMilliseconds) },
            ...expiry(),
          },
          // DynamoDB deletes what has expired some days late.
          ConditionExpression: "attribute_not_exists(id) OR leaseEnds <= :now OR expiresAt <= :seconds",
          ExpressionAttributeValues: { ":now": { N: String(now()) }, ":seconds": seconds(now()) },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        });
        return "begun";
      } catch (error) {
        const holder = holderOf(refusal(error));
        if (holder === undefined) return "done";
        // The SDK sends again what got no answer, and meets what it wrote itself.
        return holder === token ? "begun" : "busy";
      }
    },
    finish: async (key, token) => {
      const dynamo = await connect();
      try {
        await dynamo.putItem({ ...ifOwn(token), Item: { id: { S: key }, ...expiry() } });
        return true;
      } catch (error) {
        refusal(error);
        return false;
      }
    },
    forget: async (key, token) => {
      const dynamo = await connect();
      try {
        await dynamo.deleteItem({ ...ifOwn(token), Key: { id: { S: key } } });
      } catch (error) {
        refusal(error);
      }
    },
  };
}

/**
 * What says that the condition did not hold.
 * @throws whatever else has gone wrong
 */
function refusal(error: unknown): Error {
  if (error instanceof Error && error.name === "ConditionalCheckFailedException") return error;
  throw error;
}

function holderOf(error: Error): unknown {
  const item = "Item" in error ? error.Item : undefined;
  const holder = isRecord(item) ? item.holder : undefined;
  return isRecord(holder) ? holder.S : undefined;
}

/** Named where no compiler and no bundler sees it: only who keeps its runs in a table needs the package. */
const dynamoPackage = ["@aws-sdk", "client-dynamodb"].join("/");

async function loadClient(): Promise<DynamoClient> {
  let loaded: unknown;
  try {
    loaded = await import(dynamoPackage);
  } catch (cause) {
    throw new Error(`once needs the package ${dynamoPackage} for its table: npm install ${dynamoPackage}`, {
      cause,
    });
  }
  if (!hasDynamo(loaded))
    throw new Error(`the package ${dynamoPackage} has no class DynamoDB; install version 3`);
  return new loaded.DynamoDB();
}

function hasDynamo(loaded: unknown): loaded is { readonly DynamoDB: new () => DynamoClient } {
  return isRecord(loaded) && typeof loaded.DynamoDB === "function";
}
