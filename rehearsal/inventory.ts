import { groupBy, nearest } from "../infra/registry/index.js";
import { outcomeOf, type ProofCheck, type ProofFailure } from "./claim.js";
import { type RecordedResource, type RecordedStack, resourceReference } from "./emission/plan-file.js";
import { identityOf, type Kind, kindOf, nameOf } from "./kinds.js";
import {
  arnOfClaim,
  arnOfResource,
  type Claim,
  type Claimed,
  keyOf,
  nameIn,
  type Need,
  step,
} from "./needs.js";
import { withoutNumbers } from "./numbered.js";
import { emittedIn, wrongSettings } from "./settings.js";
import type { Stage } from "./stage.js";

/** Every emitted resource is claimed by exactly one need, and is as that says. */
export function compareWithNeeds(stage: Stage, needs: readonly Need[]): ProofCheck[] {
  let taken: ReadonlyMap<string, Inventory> | undefined;
  const inventoryOf = (account: string) => (taken ??= takeInventory(stage, needs)).get(account);
  return stage.plan.stacks.flatMap(({ account, resources }) => [
    {
      id: `inventory:${account}`,
      title: `the stack of ${account} emits what the registry needs, once, and nothing else`,
      run: () => ({ cases: resources.length, failures: inventoryOf(account)?.failures ?? [] }),
    },
    {
      id: `settings:${account}`,
      title: `everything of ${account} is set, kept and ordered as the registry says`,
      run: () => {
        const { claimed = [], stack } = inventoryOf(account) ?? {};
        const emitted = emittedIn(stack?.resources ?? [], claimed);
        return outcomeOf(claimed, (one) => wrongSettings(stage, emitted, one));
      },
    },
  ]);
}

interface Inventory {
  readonly stack: RecordedStack;
  readonly claimed: readonly Claimed[];
  readonly failures: readonly ProofFailure[];
}

interface Missing {
  readonly stack: RecordedStack;
  readonly claim: Claim;
  /** What needs it. */
  readonly what: string;
}

interface Unclaimed {
  readonly stack: RecordedStack;
  readonly resource: RecordedResource;
  readonly kind: Kind | undefined;
}

function takeInventory(stage: Stage, needs: readonly Need[]): ReadonlyMap<string, Inventory> {
  const byAccount = new Map(
    groupBy(needs, ({ account }) => account).map((group) => [group[0].account, group]),
  );
  const compared = stage.plan.stacks.map((stack) =>
    compare(stage, stack, byAccount.get(stack.account) ?? []),
  );
  const unclaimed = new Set(compared.flatMap((one) => one.unclaimed));
  const misplaced = compared.flatMap(({ missing }) =>
    missing.map((one): ProofFailure => {
      const likely = likelyMeant(one, unclaimed);
      if (likely === undefined) return missingFailure(stage, one);
      unclaimed.delete(likely);
      return misplacedFailure(stage, one, likely);
    }),
  );
  return new Map(
    compared.map(({ stack, claimed, repeated }) => {
      const failures = foldedByResource([
        ...repeated,
        ...misplaced.filter(({ account }) => account === stack.account),
        ...[...unclaimed].filter((one) => one.stack === stack).map((one) => strangerFailure(stage, one)),
      ]);
      return [stack.account, { stack, claimed, failures }];
    }),
  );
}

/** Components group resources and are nothing in AWS. */
const componentType = "backbone:";

function compare(stage: Stage, stack: RecordedStack, needs: readonly Need[]) {
  const wanted = new Map<string, Missing & { readonly found: RecordedResource[] }>();
  const repeated: ProofFailure[] = [];
  for (const { what, claims } of needs)
    for (const one of claims) {
      const key = keyOf(one.kind, one.id);
      const known = wanted.get(key);
      if (known === undefined) wanted.set(key, { stack, claim: one, what, found: [] });
      else repeated.push(claimedTwice(stack, one, known.what, what));
    }
  const unclaimed: Unclaimed[] = [];
  for (const resource of stack.resources.filter(({ type }) => !type.startsWith(componentType))) {
    const kind = kindOf(resource);
    const found = kind && wantedAs(wanted, kind, identityOf(kind, resource.inputs));
    if (found === undefined) unclaimed.push({ stack, resource, kind });
    else found.found.push(resource);
  }
  const all = [...wanted.values()];
  return {
    stack,
    unclaimed,
    missing: all.filter(({ found }) => found.length === 0),
    claimed: all.flatMap(({ claim: one, found }) =>
      found.map((resource): Claimed => ({ stack, resource, claim: one })),
    ),
    repeated: [...repeated, ...all.flatMap((one) => emittedTwice(stage, one, one.found))],
  };
}

/** The name of a numbered one has dots and numbers behind it, which no account's name has; the first may have none. */
function wantedAs<Wanted extends Missing>(
  wanted: ReadonlyMap<string, Wanted>,
  kind: Kind,
  id: readonly string[],
): Wanted | undefined {
  const [first = "", ...others] = id;
  const base = withoutNumbers(first);
  const exact = wanted.get(keyOf(kind, id));
  if (exact !== undefined || base === first) return exact;
  return [base, `${base}.0`]
    .map((name) => wanted.get(keyOf(kind, [name, ...others])))
    .find((one) => one?.claim.numbered === true);
}

/**
 * What was probably meant to be what is missing: the same in another stack, or what differs in one part of its
 * identity: a rule on another bus, a misspelt name.
 */
function likelyMeant(
  { stack, claim: wanted }: Missing,
  unclaimed: Iterable<Unclaimed>,
): Unclaimed | undefined {
  const alike = [...unclaimed]
    .filter(({ kind }) => kind === wanted.kind)
    .map((one) => ({ one, parts: differingParts(one, wanted) }));
  const elsewhere = alike.find(({ parts }) => parts.length === 0);
  if (elsewhere !== undefined) return elsewhere.one;
  const here = alike.filter(({ one, parts }) => one.stack === stack && parts.length === 1);
  if (here.length <= 1) return here[0]?.one;
  const name = nearest(
    here[0]?.parts[0]?.wanted ?? "",
    here.map(({ parts: [part] }) => part?.found ?? ""),
  );
  return here.find(({ parts: [part] }) => part?.found === name)?.one;
}

interface DifferingPart {
  readonly input: string;
  /** What goes before the value in a sentence. */
  readonly words: string;
  readonly found: string;
  readonly wanted: string;
}

function differingParts({ resource }: Unclaimed, { kind, id }: Claim): DifferingPart[] {
  const found = identityOf(kind, resource.inputs);
  return Object.entries(kind.by)
    .map(([input, words], index) => ({
      input,
      words: words === "" ? "called" : words,
      found: found[index] ?? "",
      wanted: id[index] ?? "",
    }))
    .filter((part) => part.found !== part.wanted);
}

function misplacedFailure(stage: Stage, missing: Missing, likely: Unclaimed): ProofFailure {
  const { stack, claim: wanted, what } = missing;
  const { kind, id } = wanted;
  const { resource } = likely;
  const found = identityOf(kind, resource.inputs);
  const [part] = differingParts(likely, wanted);
  const arn = arnOfResource(stage, likely.stack, kind, resource.inputs);
  const same = nameOf(
    kind,
    found.map((value, index) => (value === id[index] ? value : "")),
  );
  return {
    account: stack.account,
    step,
    problem:
      part === undefined
        ? `${nameIn(likely.stack, kind, id)} (${arn}) is in the stack of ${likely.stack.account}; it should be in the stack of ${stack.account}, for ${what}`
        : `${same} (${arn}) is ${part.words} ${part.found}; it should be ${part.words} ${part.wanted}, for ${what}`,
    expected: `${nameOf(kind, id)} in the stack of ${stack.account}`,
    found: `${nameOf(kind, found)} in the stack of ${likely.stack.account}`,
    at: [arn, arnOfClaim(stage, stack, wanted)],
    mend:
      part === undefined
        ? `emit ${resourceReference(resource)} in the stack of ${stack.account}`
        : `give ${resourceReference(resource)} ${part.input}: ${JSON.stringify(part.wanted)}${part.found === "default" ? " (without one AWS takes the default bus)" : ""}`,
    evidence: [],
  };
}

function missingFailure(stage: Stage, { stack, claim: wanted, what }: Missing): ProofFailure {
  const name = nameIn(stack, wanted.kind, wanted.id);
  const arn = arnOfClaim(stage, stack, wanted);
  return {
    account: stack.account,
    step,
    problem: `${name} (${arn}) is missing, which is needed for ${what}`,
    expected: name,
    found: "nothing",
    at: [arn],
    mend: `emit it in the stack of ${stack.account}`,
    evidence: [],
  };
}

function strangerFailure(stage: Stage, { stack, resource, kind }: Unclaimed): ProofFailure {
  const reference = resourceReference(resource);
  const name = kind === undefined ? reference : nameOf(kind, identityOf(kind, resource.inputs));
  const arns = kind === undefined ? [] : [arnOfResource(stage, stack, kind, resource.inputs)];
  return {
    account: stack.account,
    step,
    problem: `nothing in the registry needs ${name}${arns.map((arn) => ` (${arn})`).join("")} in the stack of ${stack.account}`,
    expected: "nothing",
    found: name,
    at: arns,
    mend: `remove ${reference} from the stack of ${stack.account}, or write into the registry what it is for`,
    evidence: [JSON.stringify(resource.inputs)],
  };
}

function emittedTwice(
  stage: Stage,
  { stack, claim: wanted, what }: Missing,
  found: readonly RecordedResource[],
): ProofFailure[] {
  const { kind } = wanted;
  const groups = groupBy(found, ({ inputs }) => identityOf(kind, inputs).join("\n"));
  return groups
    .filter(({ length }) => length > 1)
    .map((group) => {
      const references = group.map(resourceReference);
      const name = nameIn(stack, kind, identityOf(kind, group[0].inputs));
      const arn = arnOfResource(stage, stack, kind, group[0].inputs);
      return {
        account: stack.account,
        step,
        problem: `${name} (${arn}) is emitted ${group.length} times, as ${references.join(" and as ")}; one is needed, for ${what}`,
        expected: "one",
        found: references.join(", "),
        at: [arn],
        mend: `keep one of ${references.join(", ")}${kind.besides === undefined ? ": to AWS they are one, and the last one deployed would win" : ""}`,
        evidence: [],
      };
    });
}

/** A mistake of the needs' makers. */
function claimedTwice(stack: RecordedStack, { kind, id }: Claim, one: string, other: string): ProofFailure {
  const name = nameOf(kind, id);
  return {
    account: stack.account,
    step,
    problem: `${name} is claimed by ${one} and by ${other}`,
    mend: "let one need claim it (rehearsal/proofs)",
    evidence: [],
  };
}

/** What belongs to a resource that is wrong itself is told with it. */
function foldedByResource(failures: readonly ProofFailure[]): ProofFailure[] {
  return groupBy(failures, ({ at = [], problem }) => at.join() || problem).map(([first, ...others]) => ({
    ...first,
    evidence: [
      ...first.evidence,
      ...others.flatMap(({ problem, evidence }) => [`with it: ${problem}`, ...evidence]),
    ],
  }));
}
