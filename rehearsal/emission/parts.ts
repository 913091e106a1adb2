import { arnOf, type ProviderPlace } from "./arns.js";
import { kinds, type List, lists, listOfType, type PartOn } from "./kinds/index.js";
import type { Setting } from "./kinds/kind.js";
import { type RecordedResource, type RecordedStack, resourceReference } from "./plan-file.js";

/** What one stack emits, still apart: policies and targets are resources of their own. */
export type LoadedParts = { readonly [Of in List]: PartOn<Of>[] };

export type LoadedAlarm = PartOn<"alarms">;
export type LoadedArchive = PartOn<"archives">;
export type LoadedBus = PartOn<"buses">;
export type LoadedQuery = LoadedAlarm["queries"][number];
export type LoadedMetric = NonNullable<LoadedQuery["metric"]>;
export type LoadedRole = PartOn<"roles">;

/** Something emitted that AWS refuses, or of which nobody can say here what it does. What can be read is read all the same. */
export interface LoadingProblem {
  /** Name of the account in whose stack it is. */
  readonly account?: string;
  readonly problem: string;
  /** ARNs of what is at fault; the resource as the plan names it where AWS gives it none. */
  readonly at: readonly string[];
  readonly mend: string;
}

/** A stack with what it emits. */
export interface ReadStack {
  readonly stack: RecordedStack;
  /** Where its provider points. */
  readonly place: ProviderPlace;
  readonly parts: LoadedParts;
}

/** Components group resources and are nothing in AWS. */
const componentType = "backbone:";

/**
 * Reads what stacks emit: first where they are, then the aliases of keys, by which all else may name them.
 * @param problems gets what cannot be read
 */
export function readStacks(
  stacks: readonly RecordedStack[],
  problems: LoadingProblem[],
): readonly ReadStack[] {
  const keyOf = new Map<string, string>();
  const read = stacks.map((stack): ReadStack => {
    const { account, accountId, region } = stack;
    const parts = emptyParts();
    readWhere(stack, { accountId, region }, parts, ["providers"], keyOf, problems);
    const [provider, ...others] = parts.providers;
    if (provider === undefined || others.length > 0) {
      problems.push({
        account,
        problem: `stack ${stack.stack}: has ${parts.providers.length} AWS providers; resources need exactly one, tied to the account`,
        at: [stack.stack],
        mend: "give the stack one provider, and every resource that one",
      });
    }
    return { stack, parts, place: provider?.place ?? { accountId, region } };
  });
  const rest = lists.filter((list) => list !== "providers" && list !== "keyAliases");
  for (const { stack, place, parts } of read) {
    readWhere(stack, place, parts, ["keyAliases"], keyOf, problems);
    for (const { name, keyId } of parts.keyAliases)
      keyOf.set(arnOf.keyNamed(place, name), arnOf.keyNamed(place, keyId));
  }
  for (const { stack, place, parts } of read) {
    readWhere(stack, place, parts, rest, keyOf, problems);
    tellStrange(stack, problems);
  }
  return read;
}

/** Reads the resources that go on these lists. */
function readWhere(
  { stack, account, resources }: RecordedStack,
  home: ProviderPlace,
  parts: LoadedParts,
  wanted: readonly List[],
  keyOf: ReadonlyMap<string, string>,
  problems: LoadingProblem[],
): void {
  for (const resource of resources) {
    const list = listOfType(resource.type);
    if (list === undefined || !wanted.includes(list)) continue;
    const { inputs, place } = placed(resource, home);
    const found: Pick<LoadingProblem, "problem" | "mend">[] = [];
    const setting = {
      place,
      name: resource.name,
      keyArn: (named: string | undefined) => {
        const arn = named === undefined ? undefined : arnOf.keyNamed(place, named);
        return arn === undefined ? undefined : (keyOf.get(arn) ?? arn);
      },
      report: (problem: string, mend: string) => {
        found.push({ problem: `stack ${stack}: ${resourceReference(resource)}: ${problem}`, mend });
      },
    };
    if (place.region !== home.region) {
      const apart = `is in ${place.region}, and its stack in ${home.region}`;
      setting.report(`${apart}: a backbone is of one Region`, "take its region away");
    }
    const at = [readOnto(list, parts, inputs, setting) ?? resourceReference(resource)];
    problems.push(...found.map((problem) => ({ account, ...problem, at })));
  }
}

/** @returns ARN of what the resource is, or belongs to, if it can be told */
function readOnto<Of extends List>(
  list: Of,
  parts: Pick<LoadedParts, Of>,
  inputs: RecordedResource["inputs"],
  setting: Setting,
): string | undefined {
  const part = kinds[list].read(inputs, setting);
  if (part !== undefined) parts[list].push(part);
  return kinds[list].belongs(inputs, setting, part);
}

/** A resource may say its Region itself; what is IAM's is in all of them. */
function placed({ type, inputs }: RecordedResource, home: ProviderPlace) {
  const { region, ...rest } = inputs;
  return typeof region !== "string" || type.startsWith("aws:iam/") || type.startsWith("pulumi:")
    ? { inputs, place: home }
    : { inputs: rest, place: { ...home, region } };
}

function tellStrange({ stack, account, resources }: RecordedStack, problems: LoadingProblem[]): void {
  const seen = new Set<string>();
  for (const resource of resources) {
    const reference = resourceReference(resource);
    const tell = (problem: string, mend: string): void => {
      problems.push({ account, problem: `stack ${stack}: ${reference}${problem}`, at: [reference], mend });
    };
    if (seen.has(reference)) tell(" is emitted twice", "give each of the two a name of its own");
    seen.add(reference);
    if (resource.type.startsWith(componentType) || listOfType(resource.type) !== undefined) continue;
    const unproven = "whether events reach anybody by it, the proof cannot tell";
    tell(
      ": the rehearsal does not model this resource type",
      `move it out of the backbone's stacks: ${unproven}`,
    );
  }
}

function emptyParts(): LoadedParts {
  const parts: Partial<LoadedParts> = Object.fromEntries(lists.map((list) => [list, []]));
  if (!isWhole(parts)) throw new Error("a kind of resource has no list");
  return parts;
}

function isWhole(parts: Partial<LoadedParts>): parts is LoadedParts {
  return lists.every((list) => list in parts);
}
