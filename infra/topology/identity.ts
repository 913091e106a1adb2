import type { StackPlan } from "./plan.js";

/** A protected stack would become another one: other AWS account, Region or bus. */
export class StackIdentityError extends Error {
  override readonly name = "StackIdentityError";
}

/**
 * What a stack is: the AWS account, the Region and the name of its one bus, all of which stand in the bus's ARN. The
 * engine itself refuses to change it where the stack is protected; this says so in words, and earlier.
 * @param stoodAs ARN of the bus as the last deployment left it
 * @throws StackIdentityError with old and new value of whatever differs
 */
export function refuseNewIdentity(stack: string, stoodAs: string, plan: StackPlan): void {
  const [before, after] = [factsOf(stoodAs), factsOf(plan.bus.arn)];
  if (!plan.protect || before === undefined || after === undefined) return;
  const changes = before.flatMap(({ what, value }, index) => {
    const wanted = after[index]?.value;
    return value === wanted ? [] : [`  ${what}: ${value} is deployed, ${wanted ?? "nothing"} is configured`];
  });
  if (changes.length === 0) return;
  throw new StackIdentityError(
    [
      `Stack "${stack}" is protected and cannot become another one; nothing was touched:`,
      ...changes,
      'Write the old value again, or move the stack as docs/deploying.md says under "Moving and renaming".',
    ].join("\n"),
  );
}

/** The parts of `arn:aws:events:<region>:<account id>:event-bus/<name>`; undefined if it is no such ARN. */
function factsOf(busArn: string): { readonly what: string; readonly value: string }[] | undefined {
  const [, region, account, name] = /^arn:[^:]+:events:([^:]+):(\d{12}):event-bus\/(.+)$/.exec(busArn) ?? [];
  if (region === undefined || account === undefined || name === undefined) return undefined;
  return [
    { what: "AWS account", value: account },
    { what: "Region", value: region },
    { what: "bus (prefix and account's name)", value: name },
  ];
}
