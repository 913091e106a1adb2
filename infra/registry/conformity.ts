import { withoutMetadata } from "./detail/metadata.js";
import { nearest } from "./problem.js";
import { type Contract, type Environment, type Registry, sourcesOf } from "./registry.js";

/** How an event stands to the registry's contracts. EventBridge asks for none of it, consumers rely on all. */
export type Conformity =
  | { readonly kind: "conforms"; readonly contract: string }
  | { readonly kind: "breaks"; readonly contract: string; readonly problems: readonly string[] }
  /**
   * No contract has its source and detail-type; `nearest` is the key of the one that was probably meant. `account`: such
   * as have are of events from others than this AWS account.
   */
  | { readonly kind: "undeclared"; readonly nearest?: string; readonly account?: string };

/**
 * The contract that an event's source and detail-type name. Where those of AWS's events from different accounts are
 * alike, the one of the account that the event is of.
 * @param environment in which ids of AWS accounts are those of accounts; without it the first of several
 */
export function contractOf(
  { contracts }: Registry,
  { source, detailType, account }: Named,
  environment?: Pick<Environment, "accountIds">,
): Contract | undefined {
  const [first, ...others] = [...contracts.values()].filter(
    (one) => one.detailType === detailType && sourcesOf(one).includes(source),
  );
  if (first === undefined || others.length === 0 || account === undefined || environment === undefined)
    return first;
  return [first, ...others].find((one) => originOf(one, account, environment) !== undefined);
}

/** The account from whose bus an event of AWS comes; undefined if no events are taken from there. */
export function originOf(
  { origin }: Pick<Contract, "origin">,
  account: string | undefined,
  { accountIds }: Pick<Environment, "accountIds">,
): string | undefined {
  return origin?.accounts.find((name) => accountIds.get(name) === account);
}

/** Whether AWS or a partner puts such events on buses: EventBridge takes this source from nobody else. */
export function isSourceOfAws(source: string): boolean {
  return source.startsWith("aws.");
}

/** Holds an event against the contract that {@link contractOf} finds. */
export function conformityOf(
  registry: Registry,
  { detail, ...named }: GivenEvent,
  environment?: Pick<Environment, "accountIds">,
): Conformity {
  const contract = contractOf(registry, named, environment);
  if (contract === undefined) {
    const { account } = named;
    const meant = nearestContract(registry, named);
    const isOfOthers = contractOf(registry, named) !== undefined && account !== undefined;
    return {
      kind: "undeclared",
      ...(meant === undefined ? {} : { nearest: meant.key }),
      ...(isOfOthers ? { account } : {}),
    };
  }
  const problems = problemsOf(contract, detail);
  return problems.length === 0
    ? { kind: "conforms", contract: contract.key }
    : { kind: "breaks", contract: contract.key, problems };
}

/** For people; undefined for an event that is as its contract says. */
export function describeConformity(
  conformity: Conformity,
  { source, detailType }: Named,
): string | undefined {
  switch (conformity.kind) {
    case "conforms":
      return undefined;
    case "breaks":
      return `detail does not satisfy ${conformity.contract}: ${conformity.problems.join("; ")}`;
    case "undeclared": {
      const hint = conformity.nearest === undefined ? "" : `; did you mean ${conformity.nearest}?`;
      const from = conformity.account === undefined ? "" : ` from AWS account ${conformity.account}`;
      return `no contract has source ${source} and detail-type ${detailType}${from}${hint}`;
    }
  }
}

interface Named {
  readonly source: string;
  readonly detailType: string;
  /** Id of the AWS account that it is of. */
  readonly account?: string | undefined;
}

interface GivenEvent extends Named {
  /** JSON text, as it was published. */
  readonly detail: string;
}

function problemsOf({ detail: schema, origin }: Contract, text: string): string[] {
  let detail: unknown;
  try {
    detail = JSON.parse(text);
  } catch {
    return ["it is not JSON"];
  }
  const problems = schema.problemsOf(origin === undefined ? withoutMetadata(detail) : detail);
  return problems.map((problem) => problem.replace("Invalid input: ", ""));
}

/** The contract of the source that was probably meant, and of its detail-type that was. */
function nearestContract({ contracts }: Registry, { source, detailType }: Named): Contract | undefined {
  const all = [...contracts.values()];
  const meantSource = nearest(source, all.flatMap(sourcesOf));
  const same = all.filter(
    (contract) => meantSource !== undefined && sourcesOf(contract).includes(meantSource),
  );
  const meantType = nearest(
    detailType,
    same.map((contract) => contract.detailType),
  );
  return same.find((contract) => contract.detailType === meantType);
}
