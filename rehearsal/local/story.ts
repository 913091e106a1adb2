import type { ToldEvent } from "./tell.js";

/** Events with what they led to, as an indented tree without ids and times: the same in every run. */
export function tellStory(events: readonly ToldEvent[]): string {
  const known = new Set(events.map(({ id }) => id));
  const roots = events.filter(({ causedBy }) => causedBy === undefined || !known.has(causedBy));
  return roots.flatMap((event) => linesOf(event, events)).join("\n");
}

function linesOf(event: ToldEvent, events: readonly ToldEvent[]): string[] {
  const { id, contract, by, outcome, deliveries } = event;
  const caused = events.filter(({ causedBy }) => causedBy === id);
  const receivers = new Set<string | undefined>(deliveries.map(({ subscription }) => subscription));
  const told = (from: (subscription: string | undefined) => boolean) =>
    indented(caused.filter((one) => from(one.from)).flatMap((one) => linesOf(one, events)));
  return [
    `${contract} by ${by}${outcome === "accepted" ? "" : `: ${outcome}`}`,
    ...deliveries.flatMap((delivery) => [
      `  ${delivery.subscription}: ${delivery.outcome}`,
      ...indented(told((from) => from === delivery.subscription)),
    ]),
    ...told((from) => !receivers.has(from)),
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
