import type { PlannedSubscription, StackPlan } from "../../infra/topology/index.js";

interface Named {
  /** What people call it. */
  readonly as: string;
  readonly name: string;
  readonly arn: string;
}

/**
 * A queue of an account that holds letters. `dead-letters`: what rules could not deliver; `encryption-failures`: what the
 * bus could not encrypt; `given-up`: what the consumer of a subscription's queue failed on.
 */
export type LetterQueue = Named &
  (
    | { readonly kind: "dead-letters" | "encryption-failures" }
    | { readonly kind: "given-up"; readonly subscription: PlannedSubscription }
  );

export function letterQueuesOf(plan: StackPlan): LetterQueue[] {
  const { deadLetterQueue, encryption } = plan;
  const subscriptions = plan.kind === "member" ? plan.subscriptions : [];
  return [
    { kind: "dead-letters", as: "dead-letters", ...deadLetterQueue },
    ...(encryption === undefined
      ? []
      : [{ kind: "encryption-failures", as: "encryption-failures", ...encryption.failures } as const]),
    ...subscriptions.flatMap((subscription): LetterQueue[] => {
      const { service, name, queue } = subscription;
      if (queue === undefined) return [];
      return [
        {
          kind: "given-up",
          as: `${service}/${name}`,
          name: queue.lettersName,
          arn: queue.lettersArn,
          subscription,
        },
      ];
    }),
  ];
}
