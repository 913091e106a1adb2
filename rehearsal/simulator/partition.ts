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
