/**
 * Beginning of the one entry in a canary's `resources`. Consumers that must not act on canaries leave out events
 * with it; `detail` is the contract's example, unchanged, so that no schema is broken.
 */
export const canaryMark = "event-backbone:canary:";

/** Beginning of the entry that a redrive adds to `resources`: then the first id of the event, and which round it is. */
export const redrivenMark = "event-backbone:redriven:";

/** An event, by what it says of its own past. */
interface MarkedEvent {
  readonly id: string;
  readonly resources: readonly string[];
}

export function isCanary({ resources }: Pick<MarkedEvent, "resources">): boolean {
  return resources.some((resource) => resource.startsWith(canaryMark));
}

/** The id an event was published under, which a redrive changes: AWS gives every event that is put a new one. */
export function firstIdOf({ id, resources }: MarkedEvent): string {
  for (const resource of resources) {
    if (!resource.startsWith(redrivenMark)) continue;
    const first = resource.slice(redrivenMark.length).replace(/:\d+$/, "");
    if (first !== "") return first;
  }
  return id;
}
