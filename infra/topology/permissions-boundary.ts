import { byText, groupBy } from "../registry/index.js";
import type { StackPlan } from "./plan.js";
import type { Scope } from "./scope.js";

/** The policy that bounds all roles: it is made elsewhere, and must not take away what the roles are for. */
export interface NeededBoundary {
  /** As the environment has it. */
  readonly name: string;
  /** What it must allow: accounts where that is the same stand together, in the stacks' order. */
  readonly allows: readonly BoundaryActions[];
}

export interface BoundaryActions {
  readonly accounts: readonly string[];
  readonly actions: readonly string[];
}

/** What the roles' own policies allow, which a boundary must allow as well. */
export function neededBoundary(
  { environment }: Scope,
  stacks: readonly StackPlan[],
): NeededBoundary | undefined {
  const name = environment.roles?.permissionsBoundary;
  if (name === undefined) return undefined;
  const needed = stacks.map((stack) => ({ account: stack.account, actions: allowedActions(stack) }));
  return {
    name,
    allows: groupBy(needed, ({ actions }) => actions.join()).map((group) => ({
      accounts: group.map(({ account }) => account),
      actions: group[0].actions,
    })),
  };
}

function allowedActions(stack: StackPlan): string[] {
  const policies = [
    stack.redrive.policy,
    ...stack.forwards.map(({ executionPolicy }) => executionPolicy),
    ...(stack.kind === "backbone"
      ? []
      : stack.subscriptions.flatMap((one) =>
          [one.role?.policy ?? [], one.function?.role.policy ?? []].flat(),
        )),
  ];
  const actions = policies.flatMap(({ Statement }) =>
    Statement.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action),
  );
  return [...new Set(actions)].sort(byText);
}
