import { outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import { type RecordedResource, resourceReference } from "../emission/plan-file.js";
import type { Stage } from "../stage.js";

/**
 * Routes move between a forward's rules when it is divided, always from a rule to a later one. A rule must not give
 * a route up before the later one carries it, rule and target: what falls between is accepted and gone, without a
 * dead letter.
 */
export function makeBeforeBreakChecks({ registry, busOf, plan }: Stage): ProofCheck[] {
  const stack = plan.stacks.find(({ account }) => account === registry.backbone);
  const resources = stack?.resources ?? [];
  return [
    {
      id: "make-before-break",
      title:
        "each rule of a forward waits for the later ones and their targets, so that a division loses nothing",
      run: () =>
        outcomeOf(
          registry.members.flatMap((member) =>
            forwardRules(resources, busOf(member)).map((rule) => ({ member, rule })),
          ),
          ({ member, rule }) => unawaited(resources, member, busOf(member), rule),
        ),
    },
  ];
}

const ruleType = "aws:cloudwatch/eventRule:EventRule";
const targetType = "aws:cloudwatch/eventTarget:EventTarget";

function targetsOf(resources: readonly RecordedResource[], bus: string): RecordedResource[] {
  return resources.filter(({ type, inputs }) => type === targetType && inputs.arn === bus);
}

function forwardRules(resources: readonly RecordedResource[], bus: string): RecordedResource[] {
  const names = new Set(targetsOf(resources, bus).map(({ inputs }) => inputs.rule));
  return resources.filter(({ type, inputs }) => type === ruleType && names.has(inputs.name));
}

function unawaited(
  resources: readonly RecordedResource[],
  member: string,
  bus: string,
  rule: RecordedResource,
): ProofFailure[] {
  const later = targetsOf(resources, bus).filter(
    ({ inputs }) => partOf(inputs.rule) > partOf(rule.inputs.name),
  );
  if (later.length === 0) return [];
  const awaited = awaitedBy(resources, rule);
  return later
    .filter((target) => !awaited.has(resourceReference(target)))
    .map((target) => ({
      account: member,
      step: "forward",
      problem: `${resourceReference(rule)} does not wait for ${resourceReference(target)}: while routes move between the two, their events are lost`,
      mend: "register the later rules of a forward first, and let the earlier ones depend on their targets",
      evidence: [`dependsOn: ${rule.options.dependsOn.join(", ") || "nothing"}`],
    }));
}

/** The number behind the dot of a rule's name; the first rule has none. */
function partOf(ruleName: RecordedResource["inputs"][string] | undefined): number {
  return typeof ruleName === "string" ? Number(/\.(\d+)$/.exec(ruleName)?.[1] ?? 0) : 0;
}

/** References of everything that stands before a resource, directly or not. A target waits for its rule by naming it. */
function awaitedBy(resources: readonly RecordedResource[], resource: RecordedResource): ReadonlySet<string> {
  const byReference = new Map(resources.map((one) => [resourceReference(one), one]));
  const awaited = new Set<string>();
  const visit = ({ type, inputs, options }: RecordedResource): void => {
    const named = resources.filter(
      (one) => type === targetType && one.type === ruleType && one.inputs.name === inputs.rule,
    );
    for (const reference of [...options.dependsOn, ...named.map(resourceReference)]) {
      if (awaited.has(reference)) continue;
      awaited.add(reference);
      const before = byReference.get(reference);
      if (before !== undefined) visit(before);
    }
  };
  visit(resource);
  return awaited;
}
