import type { StackPlan } from "./plan.js";

/** The global bus would be open to forged events for the length of a deployment. */
export class OpeningError extends Error {
  override readonly name = "OpeningError";
}

/** What the last deployment of a stack left. */
export interface Deployed {
  /** Names of its forwards' rules. */
  readonly forwardRules: readonly string[];
  /** `organisation` if its forwards told publishers apart. */
  readonly publishing?: string | undefined;
}

/**
 * The engine deletes last: a rule that goes would still stand, bound to no account, when the bus's policy has let in the
 * whole organisation. Rules that stay are bound before.
 * @throws OpeningError with the rules that must go before
 */
export function refuseOpenRules(
  stack: string,
  { forwardRules, publishing }: Deployed,
  plan: StackPlan,
): void {
  if (plan.kind !== "backbone" || plan.opens !== "last" || publishing === "organisation") return;
  const planned = new Set(plan.forwards.flatMap(({ rules }) => rules.map(({ name }) => name)));
  const going = forwardRules.filter((name) => !planned.has(name));
  if (going.length === 0) return;
  throw new OpeningError(
    [
      `Stack "${stack}" changes to publishing: "organisation" and drops rules in one deployment; nothing was touched:`,
      ...going.map(
        (name) =>
          `  ${name} would be deleted after the global bus has let in the organisation, and forward what anybody claims`,
      ),
      'Deploy with publishing: "statements" until they are gone, and change publishing in a deployment of its own.',
    ].join("\n"),
  );
}
