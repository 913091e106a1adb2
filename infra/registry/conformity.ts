import { withoutMetadata } from "./detail/metadata.js";
import { nearest } from "./problem.js";
import { type Contract, type Registry, sourcesOf } from "./registry.js";

/** How an event stands to the registry's contracts. EventBridge asks for none of it, consumers rely on all. */
export type Conformity =
  | { readonly kind: "conforms"; readonly contract: string }
  | { readonly kind: "breaks"; readonly contract: string; readonly problems: readonly string[] }
  /** No contract has its source and detail-type; `nearest` is the key of the one that was probably meant. */
  | { readonly kind: "undeclared"; readonly nearest?: string };

/** The contract that an event's source and detail-type name. */
export function contractOf({ contracts }: Registry, { source, detailType }: Named): Contract | undefined {
  return [...contracts.values()].find(
    (one) => one.detailType === detailType && sourcesOf(one).includes(source),
  );
}

/** Holds an event against the contract that its source and detail-type name. */
export function conformityOf(registry: Registry, { source, detailType, detail }: GivenEvent): Conformity {
  const contract = contractOf(registry, { source, detailType });
  if (contract === undefined) {
    const meant = nearestContract(registry, { source, detailType });
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

interface GivenEvent extends Named {
  /** JSON text, as it was published. */
  readonly detail: string;
}

function problemsOf({ detail: schema }: Contract, text: string): string[] {
  let detail: unknown;
  try {
    detail = JSON.parse(text);
  } catch {
    return ["it is not JSON"];
  }
  const problems = schema.problemsOf(withoutMetadata(detail));
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
