import { EventRule, EventTarget, type EventTargetArgs } from "@pulumi/aws/cloudwatch/index.js";
import type * as pulumi from "@pulumi/pulumi";
import type { PlannedRule } from "../topology/index.js";
import { fixedName } from "./fixed-name.js";

export interface CarryingRulesArgs {
  /** Name of the bus that they are on. */
  readonly bus: pulumi.Input<string>;
  readonly rules: readonly PlannedRule[];
  /** What each of them gives its events to. */
  readonly target: Omit<EventTargetArgs, "rule" | "eventBusName">;
  /** What must be there before the first event: a refused delivery is never retried. */
  readonly after: pulumi.Input<pulumi.Resource>[];
}

/**
 * Rules that together take what is to be carried, each with its target.
 *
 * Make before break: what a rule gives up when the rules are divided, a later one carries by then, target and all. What it
 * takes on when they shrink again, the later one still carries: the engine deletes last. Meanwhile an event may arrive
 * twice, which EventBridge's consumers must bear; never not at all.
 */
export function carryingRules(
  { bus, rules, target, after }: CarryingRulesArgs,
  opts: pulumi.CustomResourceOptions,
): readonly EventRule[] {
  const laterTargets: EventTarget[] = [];
  return rules
    .toReversed()
    .map((planned) => {
      const rule = new EventRule(
        planned.name,
        {
          name: planned.name,
          description: planned.description,
          eventBusName: bus,
          eventPattern: JSON.stringify(planned.eventPattern),
          state: planned.state,
        },
        { ...opts, dependsOn: [...laterTargets], ...fixedName },
      );
      laterTargets.push(
        new EventTarget(
          planned.name,
          { rule: rule.name, eventBusName: bus, ...target },
          { ...opts, dependsOn: after, ...fixedName },
        ),
      );
      return rule;
    })
    .toReversed();
}
