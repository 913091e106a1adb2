/** Where the provider of a resource points. */
export interface ProviderPlace {
  readonly region: string;
  readonly accountId: string;
}

/** ARNs as AWS makes them, written out again: the rehearsal must not repeat a mistake of the program's. */
export const arnOf = {
  bus: (at: ProviderPlace, name: string) => regional("events", at, `event-bus/${name}`),
  rule: (at: ProviderPlace, bus: string, name: string) => regional("events", at, `rule/${bus}/${name}`),
  logGroup: (at: ProviderPlace, name: string) => regional("logs", at, `log-group:${name}`),
  queue: (at: ProviderPlace, name: string) => regional("sqs", at, name),
  /** `https://sqs.<region>.amazonaws.com/<account>/<name>`; undefined if it is no queue URL of that place. */
  queueByUrl: (at: ProviderPlace, url: string) => {
    const prefix = queueUrl(at, "");
    return url.startsWith(prefix) ? regional("sqs", at, url.slice(prefix.length)) : undefined;
  },
  parameter: (at: ProviderPlace, name: string) => regional("ssm", at, `parameter${name}`),
  role: (at: ProviderPlace, name: string) => global("iam", at, `role/${name}`),
  policy: (at: ProviderPlace, name: string) => global("iam", at, `policy/${name}`),
} as const;

type Inputs = Readonly<Record<string, unknown>>;

/**
 * What AWS answers when a resource is created, as far as other resources use it. Under mocks an output that is
 * left unset turns into the text "undefined" inside a policy, so a type that is not listed here is refused.
 */
const answers: Readonly<Record<string, (inputs: Inputs, place: ProviderPlace) => Inputs>> = {
  "aws:cloudwatch/eventBus:EventBus": (inputs, at) => ({ arn: arnOf.bus(at, text(inputs, "name")) }),
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": () => ({}),
  "aws:cloudwatch/eventRule:EventRule": (inputs, at) => ({
    arn: arnOf.rule(at, text(inputs, "eventBusName"), text(inputs, "name")),
  }),
  "aws:cloudwatch/eventTarget:EventTarget": () => ({}),
  "aws:cloudwatch/logGroup:LogGroup": (inputs, at) => ({ arn: arnOf.logGroup(at, text(inputs, "name")) }),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": () => ({}),
  "aws:iam/policy:Policy": (inputs, at) => ({ arn: arnOf.policy(at, text(inputs, "name")) }),
  "aws:iam/role:Role": (inputs, at) => ({ arn: arnOf.role(at, text(inputs, "name")) }),
  "aws:iam/rolePolicy:RolePolicy": () => ({}),
  "aws:sqs/queue:Queue": (inputs, at) => ({
    arn: arnOf.queue(at, text(inputs, "name")),
    url: queueUrl(at, text(inputs, "name")),
  }),
  "aws:sqs/queuePolicy:QueuePolicy": () => ({}),
  "aws:ssm/parameter:Parameter": (inputs, at) => ({ arn: arnOf.parameter(at, text(inputs, "name")) }),
};

/** @throws Error naming the type if the rehearsal has not been taught it */
export function answerOf(type: string, inputs: Inputs, place: ProviderPlace): Inputs {
  const answer = answers[type];
  if (answer === undefined) {
    throw new Error(
      `the rehearsal does not know what AWS answers for ${type}; add it to rehearsal/physical-identity.ts`,
    );
  }
  return answer(inputs, place);
}

function regional(service: string, { region, accountId }: ProviderPlace, resource: string): string {
  return `arn:${partition(region)}:${service}:${region}:${accountId}:${resource}`;
}

function global(service: string, { region, accountId }: ProviderPlace, resource: string): string {
  return `arn:${partition(region)}:${service}::${accountId}:${resource}`;
}

function queueUrl({ region, accountId }: ProviderPlace, name: string): string {
  const domain = partition(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://sqs.${region}.${domain}/${accountId}/${name}`;
}

function partition(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

function text(inputs: Inputs, key: string): string {
  const value = inputs[key];
  if (typeof value !== "string")
    throw new Error(`a fixed ${key} is needed to know the ARN, found ${typeof value}`);
  return value;
}
