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
  /** What must be there before the first rule takes anything. */
  readonly rulesAfter?: readonly pulumi.Resource[];
}

export interface CarryingRules {
  readonly rules: readonly EventRule[];
  /** Of the first rule, which waits for the later ones: when it is there, all is. */
  readonly lastMade: EventTarget | undefined;
}

/**
 * Rules that together take what is to be carried, each with its target.
 *
 * Make before break: what a rule gives up when the rules are divided, a later one carries by then, target and all. What it
 * takes on when they shrink again, the later one still carries: the engine deletes last. Meanwhile an event may arrive
 * twice, which EventBridge's consumers must bear; never not at all.
 */
export function carryingRules(
  { bus, rules, target, after, rulesAfter = [] }: CarryingRulesArgs,
  opts: pulumi.CustomResourceOptions,
): CarryingRules {
  const laterTargets: EventTarget[] = [];
  const made = rules
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
        { ...opts, dependsOn: laterTargets.length > 0 ? [...laterTargets] : [...rulesAfter], ...fixedName },
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
  return { rules: made, lastMade: laterTargets.at(-1) };
}
