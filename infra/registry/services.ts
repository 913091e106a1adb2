import { detailTypeMaxLength } from "../aws/limits.js";
import type { DetailDefinition } from "./define.js";
import { Documents } from "./detail/documents.js";
import { readJsonSchema } from "./detail/json-schema.js";
import { type DetailSchema, zodDetail } from "./detail/schema.js";
import * as entries from "./entries.js";
import { checkEnvironmentNames } from "./environments.js";
import { readExamples } from "./examples.js";
import { type PathSegments, suggest } from "./problem.js";
import { isRecord, type ProblemList, readEntry } from "./read.js";
import type { Contract } from "./registry.js";
import { proposeSource, sourceProblem } from "./sources.js";

export interface ServiceDraft {
  readonly name: string;
  /** Only if such an account exists. */
  readonly account: string | undefined;
  readonly source: string | undefined;
  /** Names of the environments it is in; undefined for all. */
  readonly environments: readonly string[] | undefined;
  readonly owner: string | undefined;
  /** Detail-types as written, also of contracts with mistakes; undefined if they could not be read. */
  readonly detailTypes: readonly string[] | undefined;
  /** Contracts without a mistake. */
  readonly contracts: readonly ContractDraft[];
}

export type ContractDraft = Omit<Contract, "key" | "service" | "account" | "source">;

/** What services are checked against; `undefined` where a section could not be read. */
export interface ServiceContext {
  readonly accountNames: readonly string[] | undefined;
  readonly backbone: string | undefined;
  readonly environmentNames: readonly string[];
}

export function readServices(
  problems: ProblemList,
  section: Readonly<Record<string, unknown>>,
  { accountNames, backbone, environmentNames }: ServiceContext,
): ServiceDraft[] {
  const sources = new Map(Object.entries(section).flatMap(([name, value]) => sourceIn(name, value)));
  const documents = new Documents();
  return Object.entries(section).map(([name, value]): ServiceDraft => {
    const path = ["services", name];
    if (!entries.keyCharacters.test(name)) {
      problems.add(
        path,
        `${JSON.stringify(name)} cannot stand in a name in every AWS service; ${entries.keyMend}`,
      );
    }
    const { partial } = readEntry(problems, entries.service, value, path);
    return {
      name,
      account: checkAccount(problems, partial.account, [...path, "account"], accountNames, backbone),
      source: checkSource(problems, partial.source, [...path, "source"], name, sources),
      environments: checkEnvironmentNames(problems, partial.environments, path, environmentNames),
      owner: partial.owner,
      detailTypes: partial.contracts === undefined ? undefined : Object.keys(partial.contracts),
      contracts: readContracts(problems, partial.contracts ?? {}, [...path, "contracts"], documents),
    };
  });
}

function checkAccount(
  problems: ProblemList,
  account: string | undefined,
  path: PathSegments,
  accountNames: readonly string[] | undefined,
  backbone: string | undefined,
): string | undefined {
  if (account === undefined || accountNames === undefined) return undefined;
  if (!accountNames.includes(account)) {
    const members = problems.proposable(["accounts"], accountNames).filter((name) => name !== backbone);
    const mend = suggest(account, members, "add it to config/accounts.ts");
    problems.add(path, `no account is named "${account}"; ${mend}`);
    return undefined;
  }
  if (account === backbone) {
    problems.add(
      path,
      `"${account}" owns the global bus and hosts no service; give the service an account of its own`,
    );
    return undefined;
  }
  return account;
}

/** Of a service as it is written, whatever else is wrong with it. */
function sourceIn(name: string, service: unknown): (readonly [string, string])[] {
  return isRecord(service) && typeof service.source === "string" ? [[name, service.source]] : [];
}

function checkSource(
  problems: ProblemList,
  source: string | undefined,
  path: PathSegments,
  service: string,
  sources: ReadonlyMap<string, string>,
): string | undefined {
  if (source === undefined) return undefined;
  const others = [...sources].filter(([name]) => name !== service);
  const taken = others.map(([, other]) => other);
  const problem = sourceProblem(source, service, taken);
  if (problem !== undefined) {
    problems.add(path, problem);
    return undefined;
  }
  // The first to have it keeps it.
  const [owner] = [...sources].find(([, other]) => other === source) ?? [];
  if (owner === undefined || owner === service) return source;
  const proposal = proposeSource("", service, taken);
  const such = proposal === undefined ? "" : `, such as ${JSON.stringify(proposal)}`;
  problems.add(
    path,
    `service "${owner}" has the source "${source}" already; give this service its own${such}`,
  );
  return undefined;
}

function readContracts(
  problems: ProblemList,
  section: Readonly<Record<string, unknown>>,
  path: PathSegments,
  documents: Documents,
): ContractDraft[] {
  return Object.entries(section).flatMap(([detailType, value]): ContractDraft[] => {
    const contractPath = [...path, detailType];
    checkDetailType(problems, detailType, contractPath);
    const { full, partial, isBad } = readEntry(problems, entries.contract, value, contractPath);
    const { example, examples: named } = partial;
    const detail = readDetail(problems, partial.detail, [...contractPath, "detail"], documents);
    if (isBad("example") || isBad("examples")) return [];
    const examples = readExamples(problems, { detail, example, named }, contractPath);
    const [first] = examples ?? [];
    if (full === undefined || detail === undefined || examples === undefined || first === undefined)
      return [];
    const { version, description, deprecated, owner } = full;
    return [
      {
        detailType,
        version,
        description,
        ...(deprecated === undefined ? {} : { deprecated }),
        ...(owner === undefined ? {} : { owner }),
        detail,
        example: first.detail,
        examples,
      },
    ];
  });
}

function readDetail(
  problems: ProblemList,
  written: DetailDefinition | undefined,
  path: PathSegments,
  documents: Documents,
): DetailSchema | undefined {
  if (written === undefined) return undefined;
  return "jsonSchema" in written ? readJsonSchema(problems, written, path, documents) : zodDetail(written);
}

function checkDetailType(problems: ProblemList, detailType: string, path: PathSegments): void {
  if (detailType.length > detailTypeMaxLength) {
    problems.add(
      path,
      `the detail-type has ${detailType.length} characters, EventBridge takes ${detailTypeMaxLength}; shorten it`,
    );
  } else if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(detailType) || /[*?]|\$\{/.test(detailType)) {
    // IAM reads * and ? as wildcards and ${ as a variable where a policy compares detail-types.
    problems.add(
      path,
      `${JSON.stringify(detailType)} cannot be used in patterns and policies as it stands; use printable ASCII without *, ? and \${, such as "Order.Created"`,
    );
  }
}
