import { type PathSegments, suggest } from "../problem.js";
import { isRecord, type ProblemList, readEntry } from "../read.js";
import { isMade, type NamedTarget, type SubscriptionTarget } from "../registry.js";
import * as entries from "./entries.js";

const isKind = (text: string): text is NamedTarget["kind"] => Object.hasOwn(entries.namedTargets, text);

/** Such as `queue billing-orders`, or `a queue of its own`. */
export function describeTarget(target: SubscriptionTarget): string {
  if (!isMade(target)) return `${entries.targetWords[target.kind]} ${target.name}`;
  return target.kind === "madeQueue" ? "a queue of its own" : `a function of ${target.handler}`;
}

/** Why nothing of a kind that EventBridge or this program knows gets events by a subscription. */
const noTargets: Readonly<Record<string, string>> = {
  bus: "EventBridge forwards an event once, from the global bus to the account's, so what a rule there sends to another bus never arrives, in the same account too; write to a queue of the account, or subscribe the service that owns the other bus",
  logGroup: "the account's log holds every event already",
};

/** Reads the one thing that gets a subscription's events. */
export function readTarget(
  problems: ProblemList,
  to: Readonly<Record<string, unknown>>,
  path: PathSegments,
): SubscriptionTarget | undefined {
  const written = Object.keys(to).filter((kind) => to[kind] !== undefined);
  for (const kind of written) {
    if (isKind(kind)) continue;
    const mend = noTargets[kind] ?? suggest(kind, Object.keys(entries.namedTargets), "name one");
    problems.add([...path, kind], `is nothing that a subscription can give events to: ${mend}`);
  }
  const [kind, ...others] = written.filter(isKind);
  if (kind === undefined) {
    if (written.length === 0)
      problems.add(path, "names nothing; write { queue: {} } for a queue that is made here, or one by name");
    return undefined;
  }
  if (others.length > 0) {
    problems.add(
      path,
      `names ${[kind, ...others].join(" and ")}, and a subscription has one target; give each a subscription of its own`,
    );
    return undefined;
  }
  const at = [...path, kind];
  const value = to[kind];
  const isUnnamed = isRecord(value) && !Object.hasOwn(value, "name");
  if (kind === "queue" && isUnnamed) {
    const { full } = readEntry(problems, entries.madeQueue, value, at);
    return full && { kind: "madeQueue", ...full };
  }
  if (kind === "function" && isUnnamed) {
    const { full } = readEntry(problems, entries.madeFunction, value, at);
    // AWS's advice: a batch that is cut short must not come back while its end is still being worked on.
    return full && { kind: "madeFunction", ...full, visibilityTimeoutSeconds: 6 * full.timeoutSeconds };
  }
  const { full } = readEntry<Omit<NamedTarget, "kind">, unknown>(
    problems,
    entries.namedTargets[kind],
    value,
    at,
  );
  return full && { kind, ...full };
}
