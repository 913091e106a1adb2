import { redrivenMark } from "backbone-runtime";

/**
 * Beginning of the one entry in a canary's `resources`. Consumers that must not act on canaries leave out events
 * with it; `detail` is the contract's example, unchanged, so that no schema is broken.
 */
export const canaryMark = "event-backbone:canary:";

/** An event, by what it says of its own past. */
interface MarkedEvent {
  readonly id: string;
  readonly resources: readonly string[];
}

export function isCanary({ resources }: Pick<MarkedEvent, "resources">): boolean {
  return resources.some((resource) => resource.startsWith(canaryMark));
}

/** How often an event has been redriven, and the id it was published under: AWS gives every event that is put a new one. */
export interface Rounds {
  readonly firstId: string;
  /** 0: never. */
  readonly count: number;
}

/** Reads the mark; anybody can write one, so of several the highest counts. */
export function roundsOf({ id, resources }: MarkedEvent): Rounds {
  const marks = resources.flatMap((resource) => {
    const { firstId = "", count = "" } =
      /^event-backbone:redriven:(?<firstId>.+):(?<count>\d{1,9})$/s.exec(resource)?.groups ?? {};
    return firstId === "" ? [] : [{ firstId, count: Number(count) }];
  });
  return marks.sort((left, right) => right.count - left.count)[0] ?? { firstId: id, count: 0 };
}

/** The event's `resources` with the mark of one more round in place of older ones. */
export function markedResources(event: MarkedEvent): string[] {
  const { firstId, count } = roundsOf(event);
  const others = event.resources.filter((resource) => !resource.startsWith(redrivenMark));
  return [...others, `${redrivenMark}${firstId}:${count + 1}`];
}
