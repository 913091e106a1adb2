import { groupBy } from "../../infra/registry/index.js";
import { outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import { type RecordedResource, resourceReference } from "../emission/plan-file.js";
import { isLater, withoutNumbers } from "../numbered.js";
import type { Stage } from "../stage.js";
import { forwardsOf } from "../forwards.js";
import { subscribedAs } from "../subscribed.js";
import { wantedOf } from "../wanted.js";

/**
 * What is carried moves between rules when they are divided, always from a rule to a later one. A rule must not give it up
 * before the later one carries it, rule and target: what falls between is accepted and gone, without a dead letter.
 */
export function makeBeforeBreakChecks(stage: Stage): ProofCheck[] {
  const { registry, busOf, plan } = stage;
  const stacks = new Map(
    plan.stacks.map(({ account, resources }) => [account, { resources, order: orderOf(resources) }]),
  );
  const stackOf = (account: string) => stacks.get(account) ?? { resources: [], order: orderOf([]) };
  const divided: Divided[] = [
    ...forwardsOf(stage).map(({ from, to, bus, rule }) => ({
      account: to,
      step: "forward",
      ...stackOf(from.account),
      isTarget: ({ inputs }: RecordedResource) =>
        from.name === undefined
          ? inputs.arn === busOf(to) && inputs.eventBusName === bus.name
          : withoutNumbers(textOf(inputs.rule)) === rule,
    })),
    ...registry.subscriptions.map((one) => ({
      account: one.account,
      step: "subscription",
      ...stackOf(one.account),
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
    openingCheck(stage),
  ];
}

/**
 * Either the global bus's policy tells publishers apart, and the rules rely on it, or the rules do, and it lets in everybody: what
 * is relied on comes first, in either direction of a change.
 */
function openingCheck(stage: Stage): ProofCheck {
  const { registry, environment, busOf, plan } = stage;
  const isOpen = environment.publishing === "organisation";
  const resources = plan.stacks.find((one) => one.account === registry.backbone)?.resources ?? [];
  const ordered = orderOf(resources);
  const { bus, busArn } = wantedOf(stage, registry.backbone);
  const policies = resources.filter(({ type, inputs }) => type === policyType && inputs.eventBusName === bus);
  const buses = new Set(registry.members.map(busOf));
  const targets = resources.filter(
    ({ type, inputs }) =>
      type === targetType &&
      inputs.eventBusName === bus &&
      typeof inputs.arn === "string" &&
      buses.has(inputs.arn),
  );
  const rules = targets.flatMap(ordered.rulesOf);
  const pairs = isOpen
    ? policies.map((waits) => ({ waits, first: [...rules, ...targets] }))
    : rules.map((waits) => ({ waits, first: policies }));
  return {
    id: "opening",
    title: isOpen
      ? "the global bus lets in the organisation after every forward binds the publishers' accounts"
      : "forwards begin after the global bus's policy says who publishes what",
    run: () =>
      outcomeOf(pairs, ({ waits, first }): ProofFailure[] => {
        const awaited = ordered.awaitedBy(waits);
        const missing = first.map(resourceReference).filter((reference) => !awaited.has(reference));
        if (missing.length === 0) return [];
        return [
          {
            account: registry.backbone,
            step: "forward",
            problem: `${resourceReference(waits)} does not wait for ${missing.join(", ")}: when publishing is changed, the bus is open to forged events meanwhile`,
            mend: isOpen
              ? "let the bus's policy depend on the targets of all forwards"
              : "let the rules of forwards depend on the bus's policy",
            evidence: [`dependsOn: ${waits.options.dependsOn.join(", ") || "nothing"}`],
            passes: [busArn],
          },
        ];
      }),
  };
}

/** Rules that together carry something, as one stack has them. */
interface Divided {
  /** Who gets it. */
  readonly account: string;
  readonly step: string;
  readonly resources: readonly RecordedResource[];
  readonly order: Order;
  /** Of the targets, by what they say. */
  readonly isTarget: (target: RecordedResource) => boolean;
}

const policyType = "aws:cloudwatch/eventBusPolicy:EventBusPolicy";
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
  const { account, step, order } = divided;
  const later = targetsOf(divided).filter(({ inputs }) =>
    isLater(textOf(inputs.rule), textOf(rule.inputs.name)),
  );
  if (later.length === 0) return [];
  const awaited = order.awaitedBy(rule);
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

interface Order {
  /** The rules that a target is of. */
  readonly rulesOf: (target: RecordedResource) => readonly RecordedResource[];
  /** References of everything that stands before a resource, directly or not. A target waits for its rule by naming it. */
  readonly awaitedBy: (resource: RecordedResource) => ReadonlySet<string>;
}

function orderOf(resources: readonly RecordedResource[]): Order {
  const byReference = new Map(resources.map((one) => [resourceReference(one), one]));
  const rules = resources.filter(({ type }) => type === ruleType);
  const byName = new Map(
    groupBy(rules, ({ inputs }) => textOf(inputs.name)).map((group) => [textOf(group[0].inputs.name), group]),
  );
  const rulesOf = ({ type, inputs }: RecordedResource) =>
    type === targetType ? (byName.get(textOf(inputs.rule)) ?? []) : [];
  return {
    rulesOf,
    awaitedBy: (resource) => {
      const awaited = new Set<string>();
      const visit = (one: RecordedResource): void => {
        for (const reference of [...one.options.dependsOn, ...rulesOf(one).map(resourceReference)]) {
          if (awaited.has(reference)) continue;
          awaited.add(reference);
          const before = byReference.get(reference);
          if (before !== undefined) visit(before);
        }
      };
      visit(resource);
      return awaited;
    },
  };
}
