import type { Stage } from "../../../../rehearsal/stage.js";

/**
 * An AWS configuration file with a profile for each account, with which the operators' commands come here:
 * `backbone canary --profile "{account}"`, and `AWS_ENDPOINT_URL`, as the SDK takes no endpoint from such a profile.
 */
export function profilesFor(stage: Stage, url: string): string {
  return [...stage.registry.accounts.keys()]
    .map((name) => {
      const { id, region } = stage.account(name);
      return [
        `[profile ${name}]`,
        `aws_access_key_id = ${id}`,
        "aws_secret_access_key = any",
        `region = ${region}`,
        `endpoint_url = ${url}`,
        "",
      ].join("\n");
    })
    .join("\n");
}
