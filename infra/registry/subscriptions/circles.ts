import type { ProblemList } from "../read.js";
import type { Contract, Subscription } from "../registry.js";

/** That an event of one contract makes a subscriber publish one of another. */
interface Answer {
  readonly from: string;
  readonly to: string;
  readonly by: Subscription;
}

/**
 * Warns of contracts that cause one another in a circle: once begun, nothing but the code's own judgement ends it, and each
 * round costs as much as the first.
 */
export function warnOfCircles(
  problems: ProblemList,
  subscriptions: readonly Subscription[],
  contracts: readonly Pick<Contract, "key" | "peakPerSecond">[],
): void {
  const answers = subscriptions.flatMap((by) =>
    by.routes.flatMap((route) =>
      route.contracts.flatMap((from) => by.answers.map((to): Answer => ({ from, to, by }))),
    ),
  );
  const bySource = new Map<string, Answer[]>();
  for (const answer of answers) bySource.set(answer.from, [...(bySource.get(answer.from) ?? []), answer]);
  const told = new Set<string>();
  for (const answer of answers) {
    const circle = shortestBack(answer, bySource);
    if (circle === undefined || circle.some(({ from }) => told.has(from))) continue;
    for (const { from } of circle) told.add(from);
    const { by } = answer;
    const steps = circle.map(({ from, by: { key } }) => `${from} (${key})`);
    problems.warn(
      ["subscriptions", by.service, by.name, "answers"],
      `contracts go round in a circle: ${[...steps, answer.from].join(" -> ")}; ${volume(circle, answers, contracts)}let the code end it, or remove what it does not publish`,
    );
  }
}

/** The shortest way from an answer back to what it answers, by that answer. */
function shortestBack(
  first: Answer,
  bySource: ReadonlyMap<string, readonly Answer[]>,
): readonly Answer[] | undefined {
  const seen = new Set<string>();
  let ways: (readonly Answer[])[] = [[first]];
  while (ways.length > 0) {
    const back = ways.find((way) => way.at(-1)?.to === first.from);
    if (back !== undefined) return back;
    ways = ways.flatMap((way) => {
      const at = way.at(-1)?.to ?? "";
      if (seen.has(at)) return [];
      seen.add(at);
      return (bySource.get(at) ?? []).map((next) => [...way, next]);
    });
  }
  return undefined;
}

/** What one event becomes: with several answers on the way, more with every round. */
function volume(
  circle: readonly Answer[],
  answers: readonly Answer[],
  contracts: readonly Pick<Contract, "key" | "peakPerSecond">[],
): string {
  const factor = circle.reduce(
    (product, { from, to }) => product * answers.filter((one) => one.from === from && one.to === to).length,
    1,
  );
  const peak = contracts.find(({ key }) => key === circle[0]?.from)?.peakPerSecond;
  const events = factor * circle.length;
  const perRound = `each event becomes ${events} more a round${factor > 1 ? `, and each of those as many again` : ""}`;
  return peak === undefined
    ? `${perRound}; `
    : `${perRound} (${peak * events} a second at the peak of ${circle[0]?.from ?? ""}, once around); `;
}
