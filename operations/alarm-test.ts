import { ListSubscriptionsByTopicCommand, PublishCommand } from "@aws-sdk/client-sns";
import { describeFailure } from "./aws/failure.js";
import type { AccountSession } from "./aws/session.js";
import { OperationError } from "./run.js";

/** Who is to hear the alarms of one account. */
export interface Listener {
  /** `email`, `https`, `sqs` … */
  readonly protocol: string;
  readonly endpoint: string;
  /** Whether it has been confirmed; until then AWS tells it nothing. */
  readonly isConfirmed: boolean;
}

/** @throws OperationError if the topic is not there, or may not be looked at */
export async function listenersOf(session: AccountSession, topicArn: string): Promise<Listener[]> {
  const listeners: Listener[] = [];
  let NextToken: string | undefined;
  do {
    const { Subscriptions = [], ...page } = await told(session, `look who listens to ${topicArn}`, () =>
      session.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken })),
    );
    listeners.push(
      ...Subscriptions.map(({ Protocol = "", Endpoint = "", SubscriptionArn = "" }) => ({
        protocol: Protocol,
        endpoint: Endpoint,
        isConfirmed: SubscriptionArn.startsWith("arn:"),
      })),
    );
    ({ NextToken } = page);
  } while (NextToken !== undefined && NextToken !== "");
  return listeners;
}

export interface TestMessage {
  readonly subject: string;
  readonly text: string;
}

/**
 * Publishes as the caller, which shows that the message gets from the topic to people; that an alarm gets to the topic
 * is the proof's business.
 * @returns the id AWS gave it
 * @throws OperationError if the topic does not take it
 */
export async function publishTest(
  session: AccountSession,
  topicArn: string,
  { subject, text }: TestMessage,
): Promise<string> {
  const { MessageId = "" } = await told(session, `publish on ${topicArn}`, () =>
    session.sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text })),
  );
  return MessageId;
}

async function told<Answer>(
  session: AccountSession,
  what: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw new OperationError(describeFailure(error, what, session), { cause: error });
  }
}
