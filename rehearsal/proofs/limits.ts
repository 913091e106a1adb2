import { groupBy } from "../../infra/registry/index.js";
import {
  iam,
  type Limit,
  limits,
  logs,
  mostOf,
  named,
  type NameRule,
  number,
  raiseOf,
  retentions,
  sums,
} from "../aws-limits.js";
import { outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import { type RecordedResource, type RecordedStack, resourceReference } from "../emission/plan-file.js";
import { identityOf, type Inputs, type Kind, kindOf, textIn, valueAt } from "../kinds.js";
import { arnOfResource, nameIn, step } from "../needs.js";
import type { Stage } from "../stage.js";

/**
 * What AWS holds once, bounds or refuses, read off what is emitted. The numbers are AWS's: where the registry knows them,
 * too, they are the same. Rules, roles and buses per account are quotas that AWS raises; `check` warns of them.
 */
export function limitChecks(stage: Stage): ProofCheck[] {
  const emitted = stage.plan.stacks.flatMap((stack) =>
    stack.resources.flatMap((resource): Emitted[] => {
      const kind = kindOf(resource);
      return kind === undefined ? [] : [{ stack, resource, kind }];
    }),
  );
  return [
    {
      id: "limits",
      title: "AWS takes the names, sizes and values of what is emitted, and has room for it",
      run: () => {
        const single = outcomeOf(emitted, (one) => beyondLimits(stage, one));
        return {
          ...single,
          failures: [...single.failures, ...tooMany(stage, emitted), ...takenNames(stage, emitted)],
        };
      },
    },
  ];
}

interface Emitted {
  readonly stack: RecordedStack;
  readonly resource: RecordedResource;
  readonly kind: Kind;
}

function failureOf(
  stage: Stage,
  { stack, resource, kind }: Emitted,
  { says, expected, found, mend, source }: Beyond,
): ProofFailure {
  const arn = arnOfResource(stage, stack, kind, resource.inputs);
  return {
    account: stack.account,
    step,
    problem: `${nameIn(stack, kind, identityOf(kind, resource.inputs))} (${arn}) ${says}`,
    expected,
    found,
    at: [arn],
    mend: `${mend} (${source})`,
    evidence: [],
  };
}

interface Beyond {
  /** What it has or is, after its name. */
  readonly says: string;
  readonly expected: string;
  readonly found: string;
  readonly mend: string;
  readonly source: string;
}

function beyondLimits(stage: Stage, one: Emitted): ProofFailure[] {
  const { kind, resource } = one;
  const { inputs } = resource;
  const beyond = [
    ...limits.filter(({ of }) => of.includes(kind)).flatMap((bound) => beyondBound(stage, bound, inputs)),
    ...named.filter(([of]) => of === kind).flatMap(([, path, rule]) => wrongName(path, rule, inputs)),
    ...retentions
      .filter(([of]) => of === kind)
      .flatMap(([, path, known]) => unknownRetention(path, known, number(path)(inputs))),
  ];
  return beyond.map((each) => failureOf(stage, one, each));
}

function beyondBound(
  { environment }: Stage,
  { what, count, most: bound, least, source }: Limit,
  inputs: Inputs,
): Beyond[] {
  const found = count(inputs);
  const most = mostOf(environment, bound);
  if (found === undefined || (found >= least && found <= most)) return [];
  const expected = found > most ? `at most ${most}` : `at least ${least}`;
  return [
    {
      says: `has ${found} ${what}; AWS takes ${expected}`,
      expected: `${expected} ${what}`,
      found: String(found),
      mend:
        found > most
          ? `take away what the registry does not ask for, or divide it${raiseOf(environment, bound)}`
          : "write more",
      source,
    },
  ];
}

function wrongName(path: string, rule: NameRule, inputs: Inputs): Beyond[] {
  const name = valueAt(inputs, path);
  if (typeof name !== "string") return [];
  const { maxLength, characters, allowed, source } = rule;
  const common = { found: name, mend: `write another ${path}, as the registry has it`, source };
  return [
    ...(name.length <= maxLength
      ? []
      : [
          {
            ...common,
            says: `says ${path} in ${name.length} characters; AWS takes at most ${maxLength}`,
            expected: `at most ${maxLength} characters`,
          },
        ]),
    ...(characters.test(name)
      ? []
      : [
          {
            ...common,
            says: `has ${path} ${JSON.stringify(name)}; AWS takes ${allowed}`,
            expected: allowed,
          },
        ]),
  ];
}

function unknownRetention(path: string, known: readonly number[], days: number | undefined): Beyond[] {
  if (days === undefined || known.includes(days)) return [];
  return [
    {
      says: `has ${path} ${days}, which CloudWatch Logs does not know`,
      expected: known.join(", "),
      found: String(days),
      mend: "write one of the days that it knows",
      source: `${logs}/API_PutRetentionPolicy.html`,
    },
  ];
}

function tooMany(stage: Stage, emitted: readonly Emitted[]): ProofFailure[] {
  return sums.flatMap(({ of, together, what, count, most, source }) =>
    groupBy(
      emitted.filter(({ kind }) => kind === of),
      ({ stack, resource }) => `${stack.accountId} ${together(resource.inputs)}`,
    ).flatMap((group) => {
      const found = group.reduce((sum, { resource }) => sum + (count(resource.inputs) ?? 0), 0);
      if (found <= most) return [];
      const says = `is one of ${found} ${what}; AWS takes at most ${most}`;
      const expected = `at most ${most} ${what}`;
      const mend = `take away what the registry does not ask for: ${group.map(({ resource }) => resourceReference(resource)).join(", ")}`;
      return [failureOf(stage, group[0], { says, expected, found: String(found), mend, source })];
    }),
  );
}

/** Accounts may share an AWS account, where a name can be taken once. Within a stack the inventory sees it. */
function takenNames(stage: Stage, emitted: readonly Emitted[]): ProofFailure[] {
  const identified = emitted.filter(({ kind }) => Object.keys(kind.by).length > 0);
  return groupBy(identified, ({ stack, kind, resource: { inputs } }) =>
    [
      stack.accountId,
      stack.region,
      kind.type,
      ...identityOf(kind, inputs),
      textIn(inputs, kind.besides ?? ""),
    ].join("\n"),
  ).flatMap(([first, ...others]) =>
    others
      .filter(({ stack }) => stack !== first.stack)
      .map((one) =>
        failureOf(stage, one, {
          says: `is in the stack of ${one.stack.account} and in that of ${first.stack.account}, which are one AWS account, where it can be once`,
          expected: "once",
          found: [first, one]
            .map(({ stack, resource }) => `${resourceReference(resource)} of ${stack.stack}`)
            .join(", "),
          mend: `take ${resourceReference(one.resource)} out of the stack of ${one.stack.account}, or give it a name of its own`,
          source: iam,
        }),
      ),
  );
}
