import type { ExactNumber } from "../json-value.js";

/** The smallest double that has all its digits. */
const SMALLEST = 2 ** -1022;

/** Why no double holds a number, and what to write in its place: its size may be the matter, or its digits. */
export function unheld({ text }: ExactNumber): { readonly problem: string; readonly mend: string } {
  const nearest = Number(text);
  if (nearest === Infinity) {
    const mend = `write a number of at most ${Number.MAX_VALUE}`;
    return { problem: `${text} is larger than any double`, mend };
  }
  if (nearest === -Infinity) {
    const mend = `write a number of at least -${Number.MAX_VALUE}`;
    return { problem: `${text} is smaller than any double`, mend };
  }
  if (Math.abs(nearest) < SMALLEST) {
    const mend = text.startsWith("-")
      ? `write 0, or a number of at most -${SMALLEST}`
      : `write 0, or a number of at least ${SMALLEST}`;
    return { problem: `${text} is closer to 0 than doubles are told apart`, mend };
  }
  return {
    problem: `${text} has more digits than a double holds`,
    mend: "use at most 15 significant digits",
  };
}
