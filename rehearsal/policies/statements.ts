import {
  type AccessRequest,
  type Condition,
  type KeyFact,
  many,
  oneOrAbsent,
  renderReason,
  type Statement,
  type Tri,
} from "eventbridge-simulator";
import { type Box, bitsOf, type Values } from "./boxes.js";
import { accountOf, type Classes, keyOf, kindOf, manyValued, nobody, type Resource } from "./classes.js";

/** A statement and the requests that it speaks of. */
export interface ReadStatement {
  readonly statement: Statement;
  readonly box: Box;
}

export type Reading = ReadStatement | { readonly statement: Statement; readonly unknown: string };

/** Asks a statement about each class of each dimension; what it says of one does not depend on the others. */
export function readStatement(statement: Statement, classes: Classes): Reading {
  const { conditions, parts } = statement;
  const mixed = conditions.find(({ keys }) => keys.length > 1);
  if (mixed !== undefined) return { statement, unknown: `it compares ${mixed.keys.join(" with ")}` };
  const unknown: string[] = [];
  const flag = (answer: Tri, what: () => string): boolean => {
    if (answer === "unknown") unknown.push(what());
    return answer === "yes";
  };
  const about = (kind: "principal" | "action" | "resource") =>
    parts.filter((part) => part.evidence(nobody).part === kind);
  const holds = (kinds: readonly string[], context: AccessRequest["context"]): boolean =>
    conditions
      .filter((condition) => kinds.includes(kindOf(keyOf(condition))) || kinds.includes(keyOf(condition)))
      .every((condition) => flag(condition.test(context), () => inWords(condition.unknown(context))));
  const says = (kind: "principal" | "action" | "resource", request: AccessRequest): boolean =>
    about(kind).every((part) => flag(part.test(request), () => inWords(part.unknown(request))));
  const box: Box = {
    one: [
      bitsOf(
        classes.callers.map(
          ({ principal, facts, isBare }) =>
            says("principal", { ...nobody, principal }) &&
            !(
              isBare &&
              statement.effect === "Allow" &&
              statement.principal?.grant(principal) === "account"
            ) &&
            holds(["caller"], facts),
        ),
      ),
      bitsOf(classes.actions.map((action) => says("action", { ...nobody, action }))),
      bitsOf(
        classes.resources.map((resource) => {
          const context = new Map(resourceFacts(resource));
          return (
            says("resource", { ...nobody, resource: resource.arn, context }) && holds(["resource"], context)
          );
        }),
      ),
      ...[...classes.keys].map(([key, values]) =>
        bitsOf(values.map((value) => holds([key], new Map([[key, oneOrAbsent(value)]])))),
      ),
    ],
    many: manyValued.map((key, index) => severalOf(statement, key, classes.values[index] ?? [], flag)),
  };
  const [first] = unknown;
  return first === undefined ? { statement, box } : { statement, unknown: first };
}

function inWords({ reason, subject }: ReturnType<Condition["unknown"]>): string {
  return renderReason(reason, subject);
}

/** The sets of values of which all conditions about the key hold. */
function severalOf(
  { conditions }: Statement,
  key: string,
  atoms: readonly string[],
  flag: (answer: Tri, what: () => string) => boolean,
): Values {
  const start: Values = { all: bitsOf(atoms.map(() => true)), some: [], absent: true };
  return conditions
    .filter((condition) => keyOf(condition) === key)
    .reduce<Values>((values, condition) => {
      const { operator, presence } = condition.evidence(new Map());
      const test = (fact: KeyFact): boolean =>
        flag(condition.test(new Map([[key, fact]])), () => `${operator} ${key}`);
      const absent = values.absent && test(many([]));
      const meant = bitsOf(atoms.map((atom) => test(many([atom]))));
      if (presence || operator.startsWith("ForAllValues:"))
        return { ...values, all: values.all & meant, absent };
      if (operator.startsWith("ForAnyValue:")) return { ...values, some: [...values.some, meant], absent };
      flag(
        "unknown",
        () => `${operator} without ForAllValues or ForAnyValue of ${key}, which has several values`,
      );
      return values;
    }, start);
}

/** What conditions about the resource see. */
export function resourceFacts(resource: Resource | undefined): (readonly [string, KeyFact])[] {
  return [
    ["aws:resourceaccount", oneOrAbsent(resource && accountOf(resource.arn))],
    ["aws:resourceorgid", oneOrAbsent(resource?.organization)],
  ];
}
