/**
 * Sets of requests, exactly. Every dimension of a request (who, which action, …) is cut into finitely many classes,
 * numbered; a set of classes is the bits of a number. A box holds the requests whose every dimension is in its set.
 */
export interface Box {
  readonly one: readonly bigint[];
  readonly many: readonly Values[];
}

/** Of a key that may have many values: which sets of values a request may carry. */
export interface Values {
  /** Every value of the request is one of these. */
  readonly all: bigint;
  /** And for each of these, at least one of its values is among them. */
  readonly some: readonly bigint[];
  /** Or the request may lack the key. */
  readonly absent: boolean;
}

function isPresent({ all, some }: Values): boolean {
  return all !== 0n && some.every((wanted) => (all & wanted) !== 0n);
}

export function isEmpty({ one, many }: Box): boolean {
  return one.includes(0n) || many.some((values) => !values.absent && !isPresent(values));
}

/** What of these sets of values is in both. */
function common(left: Values, right: Values): Values {
  return {
    all: left.all & right.all,
    some: [...new Set([...left.some, ...right.some])],
    absent: left.absent && right.absent,
  };
}

/** @returns undefined if no request is in both */
export function intersection(left: Box, right: Box): Box | undefined {
  const one: bigint[] = [];
  for (const [index, bits] of left.one.entries()) {
    const both = bits & (right.one[index] ?? 0n);
    if (both === 0n) return undefined;
    one.push(both);
  }
  const many = left.many.map((values, index) => common(values, right.many[index] ?? values));
  const box = { one, many };
  return isEmpty(box) ? undefined : box;
}

/** Sets of values that are in the one and not in the other, as a union. */
function valuesWithout(from: Values, without: Values): Values[] {
  const missing = from.absent && !without.absent ? [{ all: 0n, some: [], absent: true }] : [];
  const other = from.all & ~without.all;
  return [
    ...missing,
    ...(other === 0n ? [] : [{ all: from.all, some: [...from.some, other], absent: false }]),
    ...without.some.map((wanted) => ({ all: from.all & ~wanted, some: from.some, absent: false })),
  ];
}

/** The requests of the one box that are not in the other, as boxes. */
function boxWithout(from: Box, without: Box): Box[] {
  const both = intersection(from, without);
  if (both === undefined) return [from];
  const single = from.one.map((bits, index) => ({
    one: from.one.map((other, at) =>
      at < index ? (both.one[at] ?? 0n) : at === index ? bits & ~(without.one[at] ?? 0n) : other,
    ),
    many: from.many,
  }));
  const several = from.many.flatMap((values, index) =>
    valuesWithout(values, without.many[index] ?? values).map((piece) => ({
      one: both.one,
      many: from.many.map((other, at) =>
        at < index ? (both.many[at] ?? other) : at === index ? piece : other,
      ),
    })),
  );
  return [...single, ...several].filter((box) => !isEmpty(box));
}

/** The requests that are in one of the first boxes and in none of the others. */
export function difference(from: readonly Box[], without: readonly Box[]): Box[] {
  return without.reduce<Box[]>(
    (left, one) => left.flatMap((box) => boxWithout(box, one)),
    from.filter((box) => !isEmpty(box)),
  );
}

export function intersections(left: readonly Box[], right: readonly Box[]): Box[] {
  return left.flatMap((one) => right.flatMap((other) => intersection(one, other) ?? []));
}

/** The number of the first class in a set. */
function firstOf(bits: bigint): number {
  // The lowest bit alone, as text: as many digits as it has places.
  return (bits & -bits).toString(2).length - 1;
}

export function bitsOf(flags: readonly boolean[]): bigint {
  return flags.reduce((bits, flag, index) => (flag ? bits | (1n << BigInt(index)) : bits), 0n);
}

/** One request of a box: the first class of each dimension, and as few values as may be. */
export function witness(box: Box): { readonly one: readonly number[]; readonly many: readonly number[][] } {
  return {
    one: box.one.map((bits) => firstOf(bits)),
    many: box.many.map((values) => {
      if (!isPresent(values)) return [];
      const picked = values.some.map((wanted) => firstOf(values.all & wanted));
      return [...new Set(picked.length > 0 ? picked : [firstOf(values.all)])];
    }),
  };
}
