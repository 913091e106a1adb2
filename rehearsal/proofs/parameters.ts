import { queueUrl } from "../emission/arns.js";
import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import type { Stage } from "../stage.js";
import { subscribedIn } from "../subscribed.js";
import { publisherPolicyArn, publishingServices, wantedOf } from "../wanted.js";

/** What applications read from SSM names what is really there; a wrong bus ARN would swallow events silently. */
export function parameterNeeds(stage: Stage): Need[] {
  const { registry, environment } = stage;
  return [registry.backbone, ...registry.members].map((account) => ({
    account,
    what: `the applications of ${account}`,
    claims: Object.entries(parametersOf(stage, account)).map(([leaf, insecureValue]) =>
      claim(
        kinds.parameter,
        { name: `/${environment.prefix}/${account}/${leaf}` },
        { has: { insecureValue } },
      ),
    ),
  }));
}

/** Values by the last part of the parameter's name. */
export function parametersOf(stage: Stage, account: string): Record<string, string> {
  const { registry } = stage;
  const { busArn, queueArn, redriveRoleArn } = wantedOf(stage, account);
  return {
    "global-bus-arn": wantedOf(stage, registry.backbone).busArn,
    ...(account === registry.backbone ? {} : { "local-bus-arn": busArn }),
    "dead-letter-queue-arn": queueArn,
    "redrive-role-arn": redriveRoleArn,
    ...Object.fromEntries(
      publishingServices(stage, account).map((service) => [
        `publisher-policies/${service}`,
        publisherPolicyArn(stage, account, service),
      ]),
    ),
    ...Object.fromEntries(
      subscribedIn(stage, account).flatMap(({ key, place, made }) =>
        made === undefined ? [] : [[`subscriptions/${key}/queue-url`, queueUrl(place, made.queue)]],
      ),
    ),
  };
}
