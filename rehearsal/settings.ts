import { renderReason } from "eventbridge-simulator";
import { isDeepStrictEqual } from "node:util";
import { groupBy } from "../infra/registry/index.js";
import type { ProofFailure } from "./claim.js";
import { type RecordedResource, resourceReference } from "./emission/plan-file.js";
import { identityOf, type Inputs, nameOf, valueAt } from "./kinds.js";
import { arnOfResource, type Claim, type Claimed, keyOf, nameIn, step } from "./needs.js";
import type { Stage } from "./stage.js";
import { wantedOf } from "./wanted.js";

/** The resources of a stack by what they are called in it, and by the claims on them. */
export interface Emitted {
  readonly byReference: ReadonlyMap<string, RecordedResource>;
  readonly claimedAs: (claim: Claim) => readonly RecordedResource[];
}

export function emittedIn(resources: readonly RecordedResource[], claimed: readonly Claimed[]): Emitted {
  const byClaim = new Map(
    groupBy(claimed, ({ claim: { kind, id } }) => keyOf(kind, id)).map((group) => [
      keyOf(group[0].claim.kind, group[0].claim.id),
      group.map(({ resource }) => resource),
    ]),
  );
  return {
    byReference: new Map(resources.map((resource) => [resourceReference(resource), resource])),
    claimedAs: ({ kind, id }) => byClaim.get(keyOf(kind, id)) ?? [],
  };
}

/** A resource that the registry needs is as the registry says, and the engine treats it so. */
export function wrongSettings(stage: Stage, emitted: Emitted, one: Claimed): ProofFailure[] {
  const { stack, resource, claim } = one;
  const id = identityOf(claim.kind, resource.inputs);
  const arn = arnOfResource(stage, stack, claim.kind, resource.inputs);
  const about = { account: stack.account, step, at: [arn], evidence: [] };
  return [...wrongInputs(one), ...wrongOptions(stage, one), ...unawaited(emitted, one)].map(
    ({ says, expected, found, mend }) => ({
      ...about,
      problem: `${nameIn(stack, claim.kind, id)} (${arn}) ${says}`,
      expected,
      found,
      mend: `${resourceReference(resource)} of the stack of ${stack.account}: ${mend}`,
    }),
  );
}

interface Difference {
  /** What the resource does, after its name. */
  readonly says: string;
  readonly expected: string;
  readonly found: string;
  readonly mend: string;
}

function wrongInputs({ resource, claim: { has = {} } }: Claimed): Difference[] {
  return Object.entries(has).flatMap(([path, wanted]): Difference[] => {
    const value = valueAt(resource.inputs, path);
    if (isDeepStrictEqual(value, wanted)) return [];
    const [expected, found] = [shown(wanted), shown(value)];
    const because = found.includes("alias/aws/") ? `: ${renderReason("key-of-aws")}` : "";
    const mend = `${wanted === undefined ? `take ${path} away` : `write ${path}: ${expected}`}${because}`;
    const has = value === undefined ? `has no ${path}` : `has ${path} ${found}`;
    const should = wanted === undefined ? "should have none" : `should be ${expected}`;
    return [{ says: `${has}; it ${should}`, expected, found, mend }];
  });
}

function shown(value: Inputs[string] | undefined): string {
  if (value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What the engine is told: it decides whether a deployment loses something, and nothing in AWS shows it. */
function wrongOptions(stage: Stage, { stack, resource, claim }: Claimed): Difference[] {
  const { environment } = stage;
  const { kind, protect = false } = claim;
  const { options } = resource;
  const differs = <Value extends boolean | string>(
    option: string,
    found: Value,
    wanted: Value,
    because: string,
  ): Difference[] =>
    found === wanted
      ? []
      : [
          {
            says: `has the option ${option}: ${String(found)}; it should be ${String(wanted)}: ${because}`,
            expected: String(wanted),
            found: String(found),
            mend: `give it the option ${option}: ${String(wanted)}`,
          },
        ];
  return [
    ...differs(
      "protect",
      options.protect,
      protect && environment.protect,
      protect && environment.protect
        ? `environment ${environment.name} protects what an account has once`
        : "it must be possible to take it away",
    ),
    ...differs(
      "deleteBeforeReplace",
      options.deleteBeforeReplace,
      kind.unnamed !== true,
      kind.unnamed === true
        ? "what the old one holds is needed until the new one stands"
        : "its place is taken while the old one stands, and what is written there goes with the old one",
    ),
    ...differs(
      "retainOnDelete",
      options.retainOnDelete ?? false,
      kind.diesWithOwner === true,
      kind.diesWithOwner === true
        ? "it must not go before what it guards"
        : "or it stays and works when the registry needs it no longer",
    ),
    // The plugin that makes the trail takes no trigger.
    ...(kind.type.startsWith("awsx:")
      ? []
      : differs(
          "replacementTrigger",
          options.replacementTrigger ?? "nothing",
          wantedOf(stage, stack.account).busArn,
          "a stack that becomes another one is replaced as a whole",
        )),
  ];
}

function unawaited(
  { byReference, claimedAs }: Emitted,
  { resource, claim: { after = [] } }: Claimed,
): Difference[] {
  if (after.length === 0) return [];
  const awaited = awaitedBy(byReference, resource);
  return after.flatMap((one): Difference[] => {
    // What is missing is told by itself.
    const [first, ...others] = claimedAs(one).map(resourceReference);
    if (first === undefined || [first, ...others].some((reference) => awaited.has(reference))) return [];
    return [
      {
        says: `does not wait for the ${nameOf(one.kind, one.id)}, and what it does before that is there is refused`,
        expected: `dependsOn ${first}`,
        found: `dependsOn ${resource.options.dependsOn.join(", ") || "nothing"}`,
        mend: `give it the option dependsOn: ${first}`,
      },
    ];
  });
}

/** References of everything that a resource says it waits for, directly or not. */
function awaitedBy(
  byReference: Emitted["byReference"],
  resource: RecordedResource,
  awaited = new Set<string>(),
): ReadonlySet<string> {
  for (const reference of resource.options.dependsOn) {
    if (awaited.has(reference)) continue;
    awaited.add(reference);
    const before = byReference.get(reference);
    if (before !== undefined) awaitedBy(byReference, before, awaited);
  }
  return awaited;
}
