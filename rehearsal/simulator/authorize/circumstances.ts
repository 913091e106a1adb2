import type { KeyFact, RequestContext } from "./context.js";

/** Facts of a request that AWS does not document: one of the alternatives holds, and nobody can say which. */
export interface OpenFact {
  /** Names the open question in a verdict. */
  readonly subject: string;
  readonly alternatives: readonly RequestContext[];
}

/** Everything a request says about itself: what is known, and what is open. */
export interface Circumstances {
  readonly known: RequestContext;
  readonly open: readonly OpenFact[];
}

export function settled(known: RequestContext): Circumstances {
  return { known, open: [] };
}

/** The open facts about which the policies ask at all. */
export function relevantFacts(
  circumstances: Circumstances,
  mentions: (key: string) => boolean,
): readonly OpenFact[] {
  return circumstances.open.filter((fact) =>
    fact.alternatives.some((keys) => [...keys.keys()].some(mentions)),
  );
}

/** Every context the request may have, given these open facts. At least one. */
export function everyContext(known: RequestContext, facts: readonly OpenFact[]): readonly RequestContext[] {
  return facts.reduce<readonly RequestContext[]>(
    (contexts, fact) =>
      contexts.flatMap((context) =>
        fact.alternatives.map((keys) => new Map<string, KeyFact>([...context, ...keys])),
      ),
    [known],
  );
}
