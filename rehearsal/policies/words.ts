import {
  type AccessRequest,
  type KeyFact,
  many,
  nearestOf,
  oneOrAbsent,
  renderDifference,
  type Statement,
} from "eventbridge-simulator";
import { type Box, intersections, witness } from "./boxes.js";
import { type Classes, manyValued, nobody } from "./classes.js";
import { boxOf, type May, type Who } from "./may.js";
import { type ReadStatement, resourceFacts } from "./statements.js";

/** One difference, as a sentence, and value by value. */
export interface Strange {
  readonly sentence: string;
  readonly expected: string;
  readonly found: string;
  readonly mend: string;
}

/** A request that stands for its class, with what its box leaves open. */
export interface Told extends AccessRequest {
  readonly resourceArn: string;
  readonly isBare: boolean;
  readonly box: Box;
  readonly classes: Classes;
}

export function requestOf(box: Box, classes: Classes): Told {
  const numbers = witness(box);
  const [who = 0, what = 0, where = 0, ...others] = numbers.one;
  const caller = classes.callers[who];
  const resource = classes.resources[where];
  const context = new Map<string, KeyFact>([
    ...(caller?.facts ?? []),
    ...resourceFacts(resource),
    ...[...classes.keys].map(
      ([key, values], index) => [key, oneOrAbsent(values[others[index] ?? 0])] as const,
    ),
    ...manyValued.map(
      (key, index) =>
        [key, many((numbers.many[index] ?? []).map((at) => classes.values[index]?.[at] ?? ""))] as const,
    ),
  ]);
  return {
    principal: caller?.principal ?? nobody.principal,
    action: classes.actions[what] ?? "",
    resource: resource?.arn,
    resourceArn: resource?.arn ?? "",
    isBare: caller?.isBare ?? false,
    context,
    box,
    classes,
  };
}

/** The request in words: who, what, and whatever it is narrowed by. */
function tell(request: Told): string {
  const { principal, action, resourceArn, context, box, classes, isBare } = request;
  const who =
    principal.kind === "role"
      ? `${principal.roleArn}${orgOf(context)}${isBare ? " without a permission of its own" : ""}`
      : `${principal.service}${forOf(context)}`;
  const full = boxOf({}, classes);
  const keys = [...classes.keys.keys()].filter((_key, index) => box.one[index + 3] !== full.one[index + 3]);
  const several = manyValued.filter((_key, index) => {
    const [values, all] = [box.many[index], full.many[index]];
    return values?.all !== all?.all || values?.some.length !== 0 || !values.absent;
  });
  const said = [...several, ...keys].map((key) => `${key} ${textOf(context.get(key))}`);
  return `${who} do ${action} on ${resourceArn}${said.length === 0 ? "" : ` with ${said.join(", ")}`}`;
}

function orgOf(context: AccessRequest["context"]): string {
  const organization = context.get("aws:principalorgid");
  return organization?.kind === "one" ? ` of organisation ${organization.value}` : "";
}

function forOf(context: AccessRequest["context"]): string {
  const [arn, account] = ["aws:sourcearn", "aws:sourceaccount"].map((key) => context.get(key));
  if (arn?.kind === "one") return ` for ${arn.value}`;
  return account?.kind === "one" ? ` for something of account ${account.value}` : "";
}

function textOf(fact: KeyFact | undefined): string {
  if (fact?.kind === "one") return fact.value;
  return fact?.kind === "many" ? fact.values.join(" and ") : "absent";
}

export function tellMissing(
  request: Told,
  among: readonly (readonly ReadStatement[])[],
  deny: readonly ReadStatement[],
  open: Box | undefined,
): Strange {
  const wish = tell(request);
  const denying = deny.find(({ box }) => intersections([box], [request.box]).length > 0);
  if (denying !== undefined) {
    const { label } = denying.statement;
    return {
      sentence: `does not let ${wish}: statement ${label} denies it`,
      expected: `${wish} is not denied`,
      found: sayingOf(denying.statement),
      mend: `let statement ${label} spare it`,
    };
  }
  // Among those that were meant to say it, unless another differs in less.
  const [near = []] =
    open === undefined ? among.map((some) => nearestAmong(some, request)).sort(byDifferences) : [];
  const differing = near.map(
    ({ statement, parts }) => `${statement.statement}: ${parts.map(renderDifference).join("; ")}`,
  );
  const labels = near.map(({ statement }) => statement.statement).join(" or ");
  return {
    sentence: `does not let ${wish}${near.length === 0 ? "" : `; the nearest, statement ${differing.join(", and ")}`}`,
    expected: wish,
    found: near.length === 0 ? "no statement about it" : differing.join("\n"),
    mend: near.length === 0 ? "add a statement that allows it" : `let statement ${labels} allow it`,
  };
}

/** @param guilty statements that allow more than a Deny should have to keep out */
export function tellExtra(
  request: Told,
  known: readonly { readonly may: May; readonly box: Box }[],
  guilty: readonly ReadStatement[],
  deny: readonly ReadStatement[],
): Strange {
  const wish = tell(request);
  const speaks = ({ box }: ReadStatement): boolean => intersections([box], [request.box]).length > 0;
  const allowing = guilty.find(speaks);
  const denying = deny.find(speaks);
  const near = known
    .map(({ may, box }) => ({ may, parts: outside(box, request) }))
    .sort((left, right) => left.parts.length - right.parts.length)[0];
  const common = {
    sentence: `lets ${wish}, which nothing in the registry asks for`,
    expected: near === undefined ? "nothing" : wordsOf(near.may),
  };
  if (allowing === undefined) {
    const denied = deny.map(({ statement }) => `${statement.label} denies ${sayingOf(statement)}`);
    return {
      ...common,
      sentence: `${common.sentence}: no statement denies it, as one must`,
      found: denied.join("\n") || "no Deny",
      mend: "deny it again",
    };
  }
  const { label } = allowing.statement;
  const alone = denying === undefined ? "" : `, and ${denying.statement.label} alone denies it`;
  return {
    ...common,
    sentence: `${common.sentence}: statement ${label} allows it${alone}`,
    found: `${label}: ${sayingOf(allowing.statement)}`,
    mend: `let statement ${label} say what the registry says, or remove it`,
  };
}

function nearestAmong(statements: readonly ReadStatement[], request: Told) {
  return nearestOf(
    statements.map(({ statement }) => ({ policy: "", statement })),
    request,
  );
}

/** A condition that does not hold is a slip; another caller, action or resource is another purpose. */
function byDifferences(left: ReturnType<typeof nearestOf>, right: ReturnType<typeof nearestOf>): number {
  const weightOf = ([first]: typeof left): number =>
    first?.parts.reduce((sum, { part }) => sum + (part === "condition" ? 1 : 2), 0) ??
    Number.POSITIVE_INFINITY;
  return weightOf(left) - weightOf(right);
}

/** In which dimensions a request is outside of a box. */
function outside(box: Box, { box: asked }: Told): number[] {
  const ones = box.one.flatMap((bits, index) => ((bits & (asked.one[index] ?? 0n)) === 0n ? [index] : []));
  const several = box.many.flatMap((values, index) =>
    (values.all & (asked.many[index]?.all ?? 0n)) === 0n ? [index] : [],
  );
  return [...ones, ...several];
}

function wordsOf({
  who = [],
  actions,
  otherActions,
  resources,
  sources,
  types,
  values,
  organization,
}: May): string {
  return [
    ...who.map(whoWords),
    ...(actions ?? []),
    ...(otherActions === undefined ? [] : [`every action but ${otherActions.join(", ")}`]),
    ...(resources === undefined ? [] : [`on ${resources.join(", ")}`]),
    ...(organization === undefined ? [] : [`of organisation ${organization}`]),
    ...[sources, types].flatMap((several, index) =>
      several !== undefined && several !== "none" && "every" in several
        ? [`${manyValued[index] ?? ""} ${several.every.join(", ")}`]
        : [],
    ),
    ...Object.entries(values ?? {}).map(([key, texts]) => `${key} ${texts.join(", ")}`),
  ].join("; ");
}

function whoWords(who: Who): string {
  if ("account" in who) return `account ${who.account}`;
  if ("role" in who) return who.role;
  if ("anyAccountBut" in who)
    return `any account of organisation ${who.organization ?? "none"} but ${who.anyAccountBut}`;
  return who.for === undefined ? who.service : `${who.service} for ${who.for.join(", ")}`;
}

/** What a statement says, element by element. */
function sayingOf({ parts, conditions }: Statement): string {
  return [
    ...parts.map((part) => {
      const evidence = part.evidence(nobody);
      const wants = evidence.part === "principal" && evidence.wants.length === 0 ? ["*"] : evidence.wants;
      return `${evidence.part} ${wants.join(", ")}`;
    }),
    ...conditions.map((condition) => {
      const { operator, key, wants } = condition.evidence(new Map());
      return `${operator} ${key} ${wants.join(", ")}`;
    }),
  ].join("; ");
}
