import { parseArn, parseRuleArn } from "./arn.js";
import type { Rule } from "./built-world.js";
import { parsePattern } from "./pattern/index.js";
import type { ReportProblem } from "./world-problem.js";
import type { RuleData } from "./world.js";

/** Not adjustable (EventBridge quotas). */
const mostTargets = 5;

/**
 * Checks and compiles one rule with its targets.
 * @param organizations organisation by account id
 * @returns undefined if the rule makes no sense; what is wrong has been reported
 */
export function buildRule(
  { arn, state, eventPattern, targets }: RuleData,
  organizations: ReadonlyMap<string, string>,
  report: ReportProblem,
): Rule | undefined {
  const parsed = parseRuleArn(arn);
  if (parsed === undefined) report("world-arn", arn);
  if (state !== "ENABLED" && state !== "DISABLED") report("world-rule-state", arn, state);
  checkTargets(arn, targets, report);
  const reading = parsePattern(eventPattern);
  if (!reading.ok) {
    for (const { path, problem, mend } of reading.problems) {
      report("world-pattern", arn, `${path === "" ? "" : `${path}: `}${problem}; ${mend}`);
    }
    return undefined;
  }
  if (parsed === undefined) return undefined;
  const { account, region, busArn } = parsed;
  const organizationId = organizations.get(account);
  return {
    arn,
    account,
    region,
    busArn,
    organizationId,
    enabled: state === "ENABLED",
    pattern: reading.pattern,
    targets,
  };
}

function checkTargets(rule: string, targets: RuleData["targets"], report: ReportProblem): void {
  if (targets.length > mostTargets) report("world-too-many-targets", rule, String(targets.length));
  const seen = new Set<string>();
  for (const { id, arn, roleArn, deadLetterArn } of targets) {
    const at = `${rule} target ${id}`;
    if (seen.has(id)) report("world-target-twice", rule, id);
    seen.add(id);
    if (!/^[\w.-]{1,64}$/u.test(id)) report("world-target-id", at, id);
    for (const reference of [arn, roleArn, deadLetterArn]) {
      if (reference !== undefined && parseArn(reference) === undefined) report("world-arn", at, reference);
    }
  }
}
