import { readWildcard } from "./operators/wildcard.js";

/**
 * Counting ends here, at ten times what EventBridge takes: how much further a pattern goes helps nobody, and
 * so there are never many positions to follow.
 */
export const MOST_COUNTED = 100;

/**
 * The wildcard texts of one field, byte by byte, as the engine files them (event-ruler, ByteMachine).
 * @typeParam Destination where a value that fits leads: to what is asked of the next field
 */
export class WildcardMachine<Destination> {
  private readonly start = new Position<Destination>({ isStar: false, isBehindStar: false });

  /**
   * Files one text of a matcher; anything-but has several.
   * @returns where the text leads: where it led before, or to the destination given
   */
  add(matcher: string, text: string, destination: Destination): Destination {
    let at = this.start;
    at.matchers.add(matcher);
    let beforeStar: Position<Destination> | undefined;
    let isKnown = true;
    for (const step of stepsOf(text)) {
      const known: Position<Destination> | undefined = isKnown ? at.follow(step) : undefined;
      isKnown = known !== undefined;
      beforeStar = step === STAR ? at : undefined;
      at = known ?? at.grow(step);
      at.matchers.add(matcher);
    }
    const earlier = at.arrivals.find((arrival) => arrival.matcher === matcher);
    if (earlier !== undefined) return earlier.destination;
    for (const from of [at, beforeStar]) from?.arrivals.push({ matcher, destination });
    return destination;
  }

  /**
   * At how many positions one value can be at once, at most, each counted for every matcher that it leads to
   * (event-ruler, MachineComplexityEvaluator); counted up to {@link MOST_COUNTED}.
   */
  mostPositions(): number {
    // A value follows the texts up to their first stars. Once it has left them, every star that it met stays
    // with it, as do those behind them as soon as what stands between has been seen.
    let most = mostAlong([this.start], standingAt([this.start]));
    for (const met of starsMet(this.start)) {
      if (most >= MOST_COUNTED) break;
      const stars = met.flatMap(starsFrom);
      most = Math.max(most, mostAlong(stars, standingAt(stars)));
    }
    return Math.min(most, MOST_COUNTED);
  }
}

interface Arrival<Destination> {
  readonly matcher: string;
  readonly destination: Destination;
}

/** A place within wildcard texts; texts share those of a common beginning as far as the engine lets them. */
class Position<Destination> {
  /** Where a star leads. */
  star: Position<Destination> | undefined;
  readonly next = new Map<number, Position<Destination>[]>();
  /** Where the closing quote leads, if a text ends here. */
  readonly arrivals: Arrival<Destination>[] = [];
  /** The matchers whose texts lead through here. */
  readonly matchers = new Set<string>();
  /** Whether every byte leads back to it. */
  readonly isStar: boolean;
  private readonly isBehindStar: boolean;

  constructor({ isStar, isBehindStar }: { readonly isStar: boolean; readonly isBehindStar: boolean }) {
    this.isStar = isStar;
    this.isBehindStar = isBehindStar;
  }

  /** The position that a step leads to, if the engine takes it for another text as well. */
  follow(step: Step): Position<Destination> | undefined {
    if (step === STAR) return this.star;
    // Behind a star the engine fears that ways from here meet again: it looks for a further star, or for the
    // other case of the letter, and does so at the first byte of a character.
    const mayMeet = this.isBehindStar && step.isFirst && (this.star !== undefined || step.isCased);
    return mayMeet ? undefined : this.next.get(step.byte)?.[0];
  }

  grow(step: Step): Position<Destination> {
    if (step === STAR) {
      this.star = new Position<Destination>({ isStar: true, isBehindStar: true });
      return this.star;
    }
    const position = new Position<Destination>({ isStar: false, isBehindStar: this.isBehindStar });
    this.next.set(step.byte, [...(this.next.get(step.byte) ?? []), position]);
    return position;
  }
}

/** The positions of a value, and how much they count. */
class Standing<Destination> {
  readonly positions = new Set<Position<Destination>>();
  count = 0;

  reach(position: Position<Destination>): this {
    if (!this.positions.has(position)) {
      this.positions.add(position);
      this.count += position.matchers.size;
      // A star may stand for nothing.
      if (position.star !== undefined) this.reach(position.star);
    }
    return this;
  }

  after(byte: number): Standing<Destination> {
    const after = new Standing<Destination>();
    const arrived = new Map<string, Set<Destination>>();
    for (const position of this.positions) {
      if (position.isStar) after.reach(position);
      for (const next of position.next.get(byte) ?? []) after.reach(next);
      if (byte !== QUOTE) continue;
      for (const { matcher, destination } of position.arrivals) {
        const destinations = getOrSet(arrived, matcher, () => new Set<Destination>());
        if (!destinations.has(destination)) after.count += 1;
        destinations.add(destination);
      }
    }
    return after;
  }
}

function standingAt<Destination>(positions: readonly Position<Destination>[]): Standing<Destination> {
  return positions.reduce((standing, position) => standing.reach(position), new Standing<Destination>());
}

/** The highest count on the ways from some positions to the next stars. */
function mostAlong<Destination>(
  starts: readonly Position<Destination>[],
  standing: Standing<Destination>,
): number {
  let most = standing.count;
  const open = starts.map((at) => ({ at, standing }));
  for (let one = open.pop(); one !== undefined && most < MOST_COUNTED; one = open.pop()) {
    const { at, standing: before } = one;
    if (at.arrivals.length > 0) most = Math.max(most, before.after(QUOTE).count);
    for (const [byte, positions] of at.next) {
      const after = before.after(byte);
      most = Math.max(most, after.count);
      open.push(...positions.map((position) => ({ at: position, standing: after })));
    }
  }
  return most;
}

/** The stars that a value can meet before it takes one, as a chain from the last one met. */
interface Met<Destination> {
  readonly star: Position<Destination>;
  readonly before: Met<Destination> | undefined;
}

/** For every way through the texts as far as it meets stars: those it meets. */
function starsMet<Destination>(start: Position<Destination>): Position<Destination>[][] {
  const ends = new Set<Met<Destination>>();
  const passed = new Set<Met<Destination>>();
  const open: { at: Position<Destination>; before: Met<Destination> | undefined }[] = [
    { at: start, before: undefined },
  ];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { at, before } = one;
    const met = at.star === undefined ? before : { star: at.star, before };
    if (met !== undefined && met !== before) {
      ends.add(met);
      if (before !== undefined) passed.add(before);
    }
    for (const positions of at.next.values()) {
      open.push(...positions.map((position) => ({ at: position, before: met })));
    }
  }
  return [...ends].filter((end) => !passed.has(end)).map(chainOf);
}

function chainOf<Destination>(end: Met<Destination>): Position<Destination>[] {
  const stars: Position<Destination>[] = [];
  for (let met: Met<Destination> | undefined = end; met !== undefined; met = met.before) stars.push(met.star);
  return stars;
}

/** A star and all stars behind it. */
function starsFrom<Destination>(star: Position<Destination>): Position<Destination>[] {
  const stars: Position<Destination>[] = [];
  const open = [star];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.isStar) stars.push(at);
    if (at.star !== undefined) open.push(at.star);
    for (const positions of at.next.values()) open.push(...positions);
  }
  return stars;
}

/** One byte of a text, and what the engine looks at when it decides whether to share a position. */
interface ByteStep {
  readonly byte: number;
  /** Whether a character begins with it. */
  readonly isFirst: boolean;
  /** Whether that is a letter of two cases. */
  readonly isCased: boolean;
}

/** In place of a byte. */
const STAR = "*";
type Step = ByteStep | typeof STAR;

/** The engine keeps the quotes around a text. The opening one all texts share, so only the closing one counts. */
const QUOTE = 0x22;

/** The text was read before, so it has no problems to report. */
function stepsOf(text: string): readonly Step[] {
  const pieces = readWildcard(text, () => undefined) ?? [];
  return pieces.flatMap((piece, index): Step[] => (index === 0 ? bytesOf(piece) : [STAR, ...bytesOf(piece)]));
}

const utf8 = new TextEncoder();

function bytesOf(text: string): ByteStep[] {
  return Array.from(text).flatMap((character) => {
    // The engine looks at three bytes at most, so characters beyond the first plane have no case for it.
    const isCased = character.length === 1 && character.toLowerCase() !== character.toUpperCase();
    return Array.from(utf8.encode(character), (byte, index) => ({ byte, isFirst: index === 0, isCased }));
  });
}

/** The value of a key; made and kept if there is none yet. */
export function getOrSet<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
