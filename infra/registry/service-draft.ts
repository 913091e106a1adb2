import type { Documents } from "./detail/documents.js";
import type { EnvironmentDraft } from "./environments.js";
import type { Contract, Origin } from "./registry.js";
import type { SourceContext } from "./sources.js";

export interface ServiceDraft {
  /** Its key. */
  readonly name: string;
  /** What it is called, if not by its key. */
  readonly calledName: string | undefined;
  /** Where its events come from, if AWS's services or a partner publish them. */
  readonly origin?: Origin;
  /** Only if such an account exists; of AWS's own events the first that they come from. */
  readonly account: string | undefined;
  /** Only if such an account exists. */
  readonly alsoFrom: string | undefined;
  readonly source: string | undefined;
  readonly alsoSources: readonly string[];
  /** Names of the environments it is in; undefined for all. */
  readonly environments: readonly string[] | undefined;
  readonly owner: string | undefined;
  /** Detail-types as written, also of contracts with mistakes; undefined if they could not be read. */
  readonly detailTypes: readonly string[] | undefined;
  /** Contracts without a mistake. */
  readonly contracts: readonly ContractDraft[];
}

export interface ContractDraft extends Omit<
  Contract,
  "key" | "service" | "account" | "origin" | "publishers" | "source" | "alsoSources"
> {
  /** Only where it is another than the service's. */
  readonly source?: string;
}

/** What services are checked against; `undefined` where a section could not be read. */
export interface ServiceContext extends Omit<SourceContext, "propose"> {
  readonly accountNames: readonly string[] | undefined;
  readonly backbone: string | undefined;
  readonly environments: readonly EnvironmentDraft[];
  readonly documents: Documents;
}
