/**
 * The parts of `arn:<partition>:<service>:<region>:<account>:<resource>`. Only the last may hold further colons.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

const shape = /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/su;

/** @returns the parts, or undefined if the text is no ARN */
export function parseArn(text: string): Arn | undefined {
  const [, partition, service, region, account, resource] = shape.exec(text) ?? [];
  if (partition === undefined || service === undefined || region === undefined) return undefined;
  if (account === undefined || resource === undefined) return undefined;
  return { partition, service, region, account, resource };
}

/** A bus, from `arn:aws:events:<region>:<account>:event-bus/<name>`. */
export interface BusName extends Arn {
  readonly name: string;
}

/** @returns undefined if the ARN is not that of a bus */
export function parseBusArn(text: string): BusName | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "events" || !arn.resource.startsWith("event-bus/")) return undefined;
  const name = arn.resource.slice("event-bus/".length);
  return /^[\w./-]+$/u.test(name) ? { ...arn, name } : undefined;
}

/** A rule, from `…:rule/<bus>/<rule>`, or `…:rule/<rule>` on the default bus (service authorization reference). */
export interface RuleName extends Arn {
  readonly busArn: string;
  readonly name: string;
}

/** @returns undefined if the ARN is not that of a rule */
export function parseRuleArn(text: string): RuleName | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "events" || !arn.resource.startsWith("rule/")) return undefined;
  const path = arn.resource.slice("rule/".length).split("/");
  const name = path.pop();
  // A partner bus has slashes in its name, so everything before the last one is the bus.
  const bus = path.length === 0 ? "default" : path.join("/");
  if (name === undefined || name === "" || bus === "") return undefined;
  const { partition, region, account } = arn;
  return { ...arn, name, busArn: `arn:${partition}:events:${region}:${account}:event-bus/${bus}` };
}

/** A role, from `arn:aws:iam::<account>:role/<path><name>`. */
export interface RoleName extends Arn {
  readonly name: string;
}

/** @returns undefined if the ARN is not that of a role */
export function parseRoleArn(text: string): RoleName | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "iam" || !arn.resource.startsWith("role/")) return undefined;
  const name = arn.resource.split("/").at(-1);
  return name === undefined || name === "" ? undefined : { ...arn, name };
}

/** The partition a Region lies in; it stands in every ARN. */
export function partitionOf(region: string): "aws" | "aws-cn" | "aws-us-gov" {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** What the names of a Region's endpoints end in. */
export function endpointDomain(region: string): string {
  return partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}

/**
 * The principal by which CloudWatch Logs uses keys. It alone among the services of a backbone has the Region in its
 * name, and with it the Region's domain; the others are `<service>.amazonaws.com` in China, too.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function logsPrincipal(region: string): string {
  return `logs.${region}.${endpointDomain(region)}`;
}
