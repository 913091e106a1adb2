/** An entry of PutEvents, as the AWS SDK takes it. */
export interface PutEventsEntry {
  readonly EventBusName?: string | undefined;
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  readonly Detail?: string | undefined;
  readonly Resources?: string[] | undefined;
  readonly Time?: Date | undefined;
}

/** What PutEvents answers, with status 200 also where entries were refused. */
export interface PutEventsAnswer {
  readonly Entries?:
    | readonly {
        readonly EventId?: string | undefined;
        readonly ErrorCode?: string | undefined;
        readonly ErrorMessage?: string | undefined;
      }[]
    | undefined;
}

export type PutEvents = (request: { readonly Entries: PutEventsEntry[] }) => Promise<PutEventsAnswer>;

/** A message for SQS, as the AWS SDK takes it. */
export interface Message {
  readonly QueueUrl: string;
  readonly MessageBody: string;
  readonly MessageAttributes: Record<string, { readonly DataType: "String"; readonly StringValue: string }>;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

export type SendMessage = (message: Message) => Promise<{ readonly MessageId?: string | undefined }>;

/** Through the AWS SDK, which is loaded when the first event is published. */
export function putEventsToAws(): PutEvents {
  const client = lazy(async () => new (await import("@aws-sdk/client-eventbridge")).EventBridge());
  return async (request) => (await client()).putEvents(request);
}

/** Through the AWS SDK, which is loaded when the first letter is sent. */
export function sendMessageToAws(): SendMessage {
  const client = lazy(async () => new (await import("@aws-sdk/client-sqs")).SQS());
  return async (message) => (await client()).sendMessage(message);
}

/** Makes something when it is needed first, and then no more. */
export function lazy<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}
