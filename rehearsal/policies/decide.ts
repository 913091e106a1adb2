import { type ConsultedPolicy, renderReason } from "eventbridge-simulator";
import { bitsOf, type Box, difference, intersections, isEmpty } from "./boxes.js";
import { type Caller, type Classes, classesOf, type Cut, mentionedBy } from "./classes.js";
import { boxOf, type May, mentionedIn, type Saying } from "./may.js";
import { readStatement, type ReadStatement } from "./statements.js";
import { requestOf, type Strange, tellExtra, tellMissing } from "./words.js";

/** One or several policies of one thing, and what the registry says of them. */
export interface Judged extends Omit<Cut, "mentioned"> {
  readonly policies: readonly ConsultedPolicy[];
  /** What they allow, with nothing else. */
  readonly allows: Saying;
  /** What they leave to the caller's other policies, as they do not deny it; asked for callers of the account itself. */
  readonly leaves?: Saying;
}

/**
 * Compares what policies say with what the registry says, for every request: requests that no statement and no word of
 * the registry tells apart get one answer, so one of each class decides for all.
 * @returns every difference; none if they say the same
 */
export function differencesOf(judged: Judged): { readonly classes: number; readonly found: Strange[] } {
  const { policies, allows, leaves } = judged;
  const statements = policies.flatMap(({ reading }) => (reading.ok ? reading.document.statements : []));
  const refused = policies.flatMap(({ reading }) => (reading.ok ? [] : reading.problems));
  const said = [allows, leaves ?? { must: [] }].flatMap(({ must, may = [], never = [] }) => [
    ...must,
    ...may,
    ...never,
  ]);
  const mentioned = [mentionedBy(statements), mentionedIn(said)];
  const classes = classesOf({ ...judged, mentioned });
  const read = statements.map((statement) => readStatement(statement, classes));
  const spoken = { classes, statements: read.filter((one) => "box" in one) };
  const doubts = read.filter((one) => "unknown" in one);
  const full = boxOf({}, classes);
  const own = bitsOf(classes.callers.map((caller) => isOwn(judged, caller)));
  return {
    classes: classes.callers.length * classes.actions.length * classes.resources.length,
    found: [
      ...refused.map(({ reason, subject, statement = "it" }) => ({
        sentence: `AWS refuses it: ${statement}: ${renderReason(reason, subject)}`,
        expected: "a policy that AWS takes",
        found: `${statement}: ${renderReason(reason, subject)}`,
        mend: `mend ${statement}`,
      })),
      ...doubts.map(({ statement: { label }, unknown }) => ({
        sentence: `nobody can say what statement ${label} does: ${unknown}`,
        expected: "a statement that says whom and what it is about",
        found: unknown,
        mend: `remove statement ${label}, or write it with principals, actions, resources and conditions that are known`,
      })),
      ...compare(spoken, allows, undefined),
      ...(leaves === undefined ? [] : compare(spoken, leaves, { ...full, one: [own, ...full.one.slice(1)] })),
    ],
  };
}

function isOwn({ account, callers }: Judged, caller: Caller): boolean {
  return !callers || (caller.principal.kind === "role" && caller.account === account && !caller.isBare);
}

interface Spoken {
  readonly classes: Classes;
  readonly statements: readonly ReadStatement[];
}

/** @param open what is allowed without any statement, unless one denies it */
function compare({ classes, statements }: Spoken, saying: Saying, open: Box | undefined): Strange[] {
  const { must, may = [], never = [] } = saying;
  const allow = statements.filter(({ statement }) => statement.effect === "Allow");
  const deny = statements.filter(({ statement }) => statement.effect === "Deny");
  const allowed = open === undefined ? allow.map(({ box }) => box) : [open];
  const denied = deny.map(({ box }) => box);
  const meant = (one: May): Box[] =>
    open === undefined ? [boxOf(one, classes)] : intersections([open], [boxOf(one, classes)]);
  const wanted = must.flatMap((one) => meant(one).map((box) => ({ may: one, box })));
  const borne = may.map((one) => ({ may: one, box: boxOf(one, classes) }));
  const known = [...wanted, ...borne].map(({ box }) => box);
  const bad = never.map((one) => boxOf(one, classes));
  const extra = [
    ...difference(allowed, [...known, ...denied]),
    ...difference(intersections(allowed, bad), denied),
  ];
  const whoever = whoeverAsks(classes);
  const shadowed = open === undefined && extra.length === 0 ? difference(allowed, known.map(whoever)) : [];
  const missing = wanted.flatMap(({ box: whole }) =>
    [...difference([whole], allowed), ...intersections([whole], denied)].map((part) => ({ whole, part })),
  );
  if (missing.length + extra.length + shadowed.length === 0) return [];
  // Where some of what is wanted is said, that statement says too little; else one that says something else was meant to.
  const astray = allow.filter(
    ({ box }) => isEmpty(box) || difference([box], [...known, ...denied]).length > 0,
  );
  const suspectsOf = (whole: Box): readonly ReadStatement[] =>
    [allow.filter(({ box }) => intersections([box], [whole]).length > 0), astray].find(
      ({ length }) => length > 0,
    ) ?? allow;
  // What an Allow leaves to a Deny is no fault of the Allow.
  const left = known.map((box) => leftToDenies(box, whoever(box)));
  const guilty = allow.filter(({ box }) => difference([box], left).length > 0);
  return [
    ...missing
      .slice(0, most)
      .map(({ whole, part }) =>
        tellMissing(requestOf(part, classes), [suspectsOf(whole), allow], deny, open),
      ),
    ...[...extra, ...shadowed]
      .slice(0, most)
      .map((box) => tellExtra(requestOf(box, classes), [...wanted, ...borne], guilty, deny)),
  ];
}

/**
 * A box with all that its callers might do by its actions: whoever is named beyond that has no business here, even where
 * a Deny keeps him out today.
 */
function whoeverAsks(classes: Classes): (box: Box) => Box {
  const full = boxOf({}, classes);
  const names = classes.callers.map(({ principal, source, isBare }) =>
    JSON.stringify([principal, source, isBare]),
  );
  return ({ one: [callers = 0n, actions = 0n] }) => {
    const named = new Set(names.filter((_name, at) => (callers >> BigInt(at)) & 1n));
    return {
      one: [bitsOf(names.map((name) => named.has(name))), actions, ...full.one.slice(2)],
      many: full.many,
    };
  };
}

/** What the policy's Denies keep out of a box's requests: organisations, forwards, events without source or detail-type. */
function leftToDenies(
  { one: [, , resources = 0n], many }: Box,
  { one: [callers = 0n, actions = 0n, , ...keys], many: any }: Box,
): Box {
  return {
    one: [callers, actions, resources, ...keys],
    many: many.map(({ all }, index) => ({
      all: all === 0n ? (any[index]?.all ?? 0n) : all,
      some: [],
      absent: true,
    })),
  };
}

/** More of the same tells nothing new. */
const most = 5;
