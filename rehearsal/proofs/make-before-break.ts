import { outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import { type RecordedResource, resourceReference } from "../emission/plan-file.js";
import { isLater, withoutNumbers } from "../numbered.js";
import type { Stage } from "../stage.js";
import { forwardsOf } from "../forwards.js";
import { subscribedAs } from "../subscribed.js";

/**
 * What is carried moves between rules when they are divided, always from a rule to a later one. A rule must not give it up
 * before the later one carries it, rule and target: what falls between is accepted and gone, without a dead letter.
 */
export function makeBeforeBreakChecks(stage: Stage): ProofCheck[] {
  const { registry, busOf, plan } = stage;
  const resourcesOf = (account: string) =>
    plan.stacks.find((one) => one.account === account)?.resources ?? [];
  const divided: Divided[] = [
    ...forwardsOf(stage).map(({ from, to, bus, rule }) => ({
      account: to,
      step: "forward",
      resources: resourcesOf(from.account),
      isTarget: ({ inputs }: RecordedResource) =>
        from.name === undefined
          ? inputs.arn === busOf(to) && inputs.eventBusName === bus.name
          : withoutNumbers(textOf(inputs.rule)) === rule,
    })),
    ...registry.subscriptions.map((one) => ({
      account: one.account,
      step: "subscription",
      resources: resourcesOf(one.account),
      isTarget: ({ inputs }: RecordedResource) =>
        withoutNumbers(textOf(inputs.rule)) === subscribedAs(stage, one).rule,
    })),
  ];
  const others = registry.subscriptions.length > 0 ? ", or of a subscription," : "";
  return [
    {
      id: "make-before-break",
      title: `each rule of a forward${others} waits for the later ones and their targets, so that a division loses nothing`,
      run: () =>
        outcomeOf(
          divided.flatMap((one) => rulesOf(one).map((rule) => ({ one, rule }))),
          ({ one, rule }) => unawaited(one, rule),
        ),
    },
  ];
}

/** Rules that together carry something, as one stack has them. */
interface Divided {
  /** Who gets it. */
  readonly account: string;
  readonly step: string;
  readonly resources: readonly RecordedResource[];
  /** Of the targets, by what they say. */
  readonly isTarget: (target: RecordedResource) => boolean;
}

const ruleType = "aws:cloudwatch/eventRule:EventRule";
const targetType = "aws:cloudwatch/eventTarget:EventTarget";

function targetsOf({ resources, isTarget }: Divided): RecordedResource[] {
  return resources.filter((one) => one.type === targetType && isTarget(one));
}

function rulesOf(divided: Divided): RecordedResource[] {
  const names = new Set(targetsOf(divided).map(({ inputs }) => inputs.rule));
  return divided.resources.filter(({ type, inputs }) => type === ruleType && names.has(inputs.name));
}

function unawaited(divided: Divided, rule: RecordedResource): ProofFailure[] {
  const { account, step, resources } = divided;
  const later = targetsOf(divided).filter(({ inputs }) =>
    isLater(textOf(inputs.rule), textOf(rule.inputs.name)),
  );
  if (later.length === 0) return [];
  const awaited = awaitedBy(resources, rule);
  return later
    .filter((target) => !awaited.has(resourceReference(target)))
    .map((target) => ({
      account,
      step,
      problem: `${resourceReference(rule)} does not wait for ${resourceReference(target)}: while routes move between the two, their events are lost`,
      mend: `register the later rules of a ${step} first, and let the earlier ones depend on their targets`,
      evidence: [`dependsOn: ${rule.options.dependsOn.join(", ") || "nothing"}`],
    }));
}

function textOf(value: RecordedResource["inputs"][string] | undefined): string {
  return typeof value === "string" ? value : "";
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
