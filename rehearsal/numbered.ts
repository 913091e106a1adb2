/**
 * Rules that together carry something have numbers behind dots: `forward-audit`, `forward-audit.5`, and where that is divided once
 * more `forward-audit.5.3`. What they carry only ever moves to a later one, unless a rule goes.
 */
const numbers = /(?:\.\d+){1,2}$/u;

export function withoutNumbers(ruleName: string): string {
  return ruleName.replace(numbers, "");
}

/** Whether the one comes after the other, of rules that carry the same. */
export function isLater(one: string, other: string): boolean {
  const [[first, second], [otherFirst, otherSecond]] = [numbersOf(one), numbersOf(other)];
  return first === otherFirst ? second > otherSecond : first > otherFirst;
}

/** A number that is not there is zero. */
function numbersOf(ruleName: string): readonly [number, number] {
  const [first = 0, second = 0] = (numbers.exec(ruleName)?.[0] ?? "").split(".").slice(1).map(Number);
  return [first, second];
}
