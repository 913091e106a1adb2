import type { IndexKey, Matcher } from "../matchers/matcher.js";
import type { PatternPart } from "../pattern/pattern.js";

/** Keys of which an event has at least one if the pattern matches it, and what looking there costs. */
export interface Cover {
  readonly keys: readonly { readonly name: string; readonly key: IndexKey }[];
  readonly cost: number;
  /** The part that holds in every event that has one of the keys, so that it need not be looked at again. */
  readonly proves?: PatternPart;
}

/**
 * What share of the rules filed under a field are under this key; undefined if the field may not be used.
 * A share and no number, so that rules of the same make go to the same field: each further field is one
 * more look-up for every event.
 */
export type Share = (name: string, key: IndexKey) => number | undefined;

/**
 * The cheapest cover of parts that must all hold; undefined if an event can match and have none. Of equals
 * the last, since patterns go from the general to the particular.
 */
export function cheapestCover(
  parts: readonly PatternPart[],
  share: Share,
  mostKeys: number,
): Cover | undefined {
  let best: Cover | undefined;
  for (const part of parts) {
    const cover = coverOf(part, share, mostKeys);
    if (cover === undefined || cover.keys.length > mostKeys) continue;
    if (best === undefined || cover.cost <= best.cost) best = cover;
  }
  return best;
}

function coverOf(part: PatternPart, share: Share, mostKeys: number): Cover | undefined {
  if (part.kind === "field") {
    const covers = part.matchers.map(({ key }) =>
      key === undefined ? undefined : coverOfKey(part.name, key, share),
    );
    const cover = join(covers);
    return cover !== undefined && part.matchers.every(saysAll) ? { ...cover, proves: part } : cover;
  }
  return join(part.branches.map((branch) => cheapestCover(branch, share, mostKeys)));
}

/** Whether the key says as much as the matcher; others are wider, such as the literal start of a wildcard. */
function saysAll({ operator, key }: Matcher): boolean {
  return (
    key?.kind === "exact" || ((key?.kind === "prefix" || key?.kind === "suffix") && key.kind === operator)
  );
}

function coverOfKey(name: string, key: IndexKey, share: Share): Cover | undefined {
  const taken = share(name, key);
  return taken === undefined ? undefined : { keys: [{ name, key }], cost: taken * chanceOf(key) };
}

function join(covers: readonly (Cover | undefined)[]): Cover | undefined {
  const known = covers.filter((cover) => cover !== undefined);
  if (known.length < covers.length) return undefined;
  return {
    keys: known.flatMap(({ keys }) => keys),
    cost: known.reduce((sum, { cost }) => sum + cost, 0),
  };
}

/** A rough guess how often an event satisfies a key, compared with an exact value. */
function chanceOf(key: IndexKey): number {
  switch (key.kind) {
    case "exact":
    case "lower-exact":
      return 1;
    case "prefix":
    case "suffix":
    case "lower-prefix":
    case "lower-suffix":
      return 1 + 32 / (1 + key.text.length);
    case "address":
      return 1 + 32 / (1 + key.digits.length);
    case "range":
      return 4;
    case "present":
      return 64;
  }
}
