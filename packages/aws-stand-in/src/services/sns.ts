import { AwsError } from "../aws-error.js";
import type { Topics } from "../state/topics.js";
import type { Actions } from "./actions.js";
import { pageOf } from "./page.js";

const defaultPageSize = 100;

/** SNS, as far as who listens, and one message to them. */
export function snsActions({ subscriptions, publish }: Topics, pageSize = defaultPageSize): Actions {
  const existing = (topicArn: string) => {
    const found = subscriptions(topicArn);
    if (found === undefined) throw new AwsError("NotFound", "Topic does not exist", { status: 404 });
    return found;
  };
  return {
    ListSubscriptionsByTopic: (input) => {
      const topicArn = input.text("TopicArn");
      const { items, next } = pageOf(existing(topicArn), input.optionalText("NextToken"), pageSize);
      return {
        Subscriptions: items.map(({ arn, protocol, endpoint }) => ({
          SubscriptionArn: arn,
          Owner: topicArn.split(":")[4] ?? "",
          Protocol: protocol,
          Endpoint: endpoint,
          TopicArn: topicArn,
        })),
        NextToken: next,
      };
    },
    Publish: (input) => {
      const topicArn = input.text("TopicArn");
      existing(topicArn);
      const [subject, message] = [input.optionalText("Subject"), input.text("Message")];
      return { MessageId: publish({ topicArn, subject, message }) };
    },
  };
}
