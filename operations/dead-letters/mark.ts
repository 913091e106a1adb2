/** Beginning of the one entry that a redrive adds to an event's `resources`. */
export const redrivenMark = "event-backbone:redriven:";

/** How often an event has been redriven, and the id it had before the first time. */
export interface Rounds {
  readonly firstId: string;
  /** 0: never. */
  readonly count: number;
}

/** Reads the mark; anybody can write one, so of several the highest counts. */
export function roundsOf({ id, resources }: MarkedEvent): Rounds {
  const marks = resources.flatMap((resource) => {
    const { firstId = "", count = "" } =
      /^event-backbone:redriven:(?<firstId>.+):(?<count>\d{1,6})$/s.exec(resource)?.groups ?? {};
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

interface MarkedEvent {
  readonly id: string;
  readonly resources: readonly string[];
}
