import { detailProblems, nearest, type Contract, type Registry } from "../infra/registry/index.js";
import type { PutEventsEntry } from "./simulator/index.js";

/** How an event stands to the registry's contracts. EventBridge asks for none of it, consumers rely on all. */
export type Conformity =
  | { readonly kind: "conforms"; readonly contract: string }
  | { readonly kind: "breaks"; readonly contract: string; readonly problems: readonly string[] }
  /** No contract has its source and detail-type; `nearest` is the key of the one that was probably meant. */
  | { readonly kind: "undeclared"; readonly nearest?: string };

/** Holds an event against the contract that its source and detail-type name. */
export function conformityOf(registry: Registry, entry: PutEventsEntry): Conformity {
  const { Source: source = "", DetailType: detailType = "", Detail: detail = "" } = entry;
  const contracts = [...registry.contracts.values()];
  const contract = contracts.find((one) => one.source === source && one.detailType === detailType);
  if (contract === undefined) {
    const meant = nearestContract(contracts, source, detailType);
    return { kind: "undeclared", ...(meant === undefined ? {} : { nearest: meant.key }) };
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
      return `no contract has source ${source} and detail-type ${detailType}${hint}`;
    }
  }
}

interface Named {
  readonly source: string;
  readonly detailType: string;
}

function problemsOf({ detail: schema }: Contract, text: string): string[] {
  let detail: unknown;
  try {
    detail = JSON.parse(text);
  } catch {
    return ["it is not JSON"];
  }
  return detailProblems(schema, detail).map((problem) => problem.replace("Invalid input: ", ""));
}

/** Of the same source first: a detail-type is misspelt more often than a source. */
function nearestContract(
  contracts: readonly Contract[],
  source: string,
  detailType: string,
): Contract | undefined {
  const same = contracts.filter((contract) => contract.source === source);
  const type = nearest(
    detailType,
    same.map((contract) => contract.detailType),
  );
  if (type !== undefined) return same.find((contract) => contract.detailType === type);
  const named = (contract: Named): string => `${contract.source} ${contract.detailType}`;
  const meant = nearest(named({ source, detailType }), contracts.map(named));
  return contracts.find((contract) => named(contract) === meant);
}
