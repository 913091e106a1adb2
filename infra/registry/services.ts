import { detailTypeMaxLength } from "../aws/limits.js";
import type { DetailDefinition } from "./contract-definition.js";
import { Documents } from "./detail/documents.js";
import { readJsonSchema } from "./detail/json-schema.js";
import { metadataProblem } from "./detail/metadata.js";
import { type DetailSchema, zodDetail } from "./detail/schema.js";
import { readAwsEvents } from "./aws-events/read.js";
import * as entries from "./entries.js";
import { checkEnvironmentNames, type EnvironmentDraft } from "./environments.js";
import { readExamples } from "./examples.js";
import { type PathSegments, suggest } from "./problem.js";
import { isRecord, type ProblemList, readEntry } from "./read.js";
import type { Contract, Origin } from "./registry.js";
import {
  checkFormer,
  checkSource,
  checkUnique,
  isUsable,
  proposeSource,
  type SourceContext,
} from "./sources.js";

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

export function readServices(
  problems: ProblemList,
  section: Readonly<Record<string, unknown>>,
  known: Omit<ServiceContext, "documents">,
): ServiceDraft[] {
  const context: ServiceContext = { ...known, documents: new Documents() };
  const sources = new Map(Object.entries(section).flatMap(([name, value]) => writtenSource(name, value)));
  const services = Object.entries(section).map(([name, value]): ServiceDraft => {
    if (isRecord(value) && value.from !== undefined) return readAwsEvents(problems, name, value, context);
    const path = ["services", name];
    const { partial } = readEntry(problems, entries.service, value, path);
    const account = checkAccount(problems, partial.account, [...path, "account"], context);
    const others = [...sources].filter(([other]) => other !== name).map(([, source]) => source);
    const ofSource: SourceContext = {
      ...context,
      propose: (source) => proposeSource(source, name, others),
    };
    const source = checkSource(problems, partial.source, [...path, "source"], ofSource);
    const also = [...path, "alsoSources"];
    const former = (partial.alsoSources ?? []).map((one, index) =>
      checkSource(problems, one, [...also, index], ofSource),
    );
    return {
      name,
      calledName: partial.name,
      account,
      alsoFrom: checkFormerAccount(problems, partial.alsoFrom, account, [...path, "alsoFrom"], context),
      source,
      alsoSources: checkFormer(problems, source, former, also),
      environments: checkEnvironmentNames(problems, partial.environments, path, context.environmentNames),
      owner: partial.owner,
      detailTypes: partial.contracts === undefined ? undefined : Object.keys(partial.contracts),
      contracts: readContracts(problems, partial.contracts ?? {}, path, {
        documents: context.documents,
        source,
        isAws: false,
        checkSource: (own, at) => checkSource(problems, own, at, ofSource),
      }),
    };
  });
  checkUnique(problems, services, context.environments);
  return services;
}

function checkFormerAccount(
  problems: ProblemList,
  former: string | undefined,
  account: string | undefined,
  path: PathSegments,
  context: ServiceContext,
): string | undefined {
  const known = checkAccount(problems, former, path, context);
  if (known === undefined || known !== account) return known;
  problems.add(
    path,
    `"${known}" is the account of the service already; remove it, or name the one it comes from`,
  );
  return undefined;
}

function checkAccount(
  problems: ProblemList,
  account: string | undefined,
  path: PathSegments,
  { accountNames, backbone }: ServiceContext,
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

interface ContractContext {
  readonly documents: Documents;
  /** The service's. */
  readonly source: string | undefined;
  /** Whether AWS's services or a partner publish them. */
  readonly isAws: boolean;
  readonly checkSource: (source: string | undefined, path: PathSegments) => string | undefined;
}

/** Of a service as it is written, whatever else is wrong with it. */
function writtenSource(name: string, service: unknown): (readonly [string, string])[] {
  return isRecord(service) && typeof service.source === "string" ? [[name, service.source]] : [];
}

export function readContracts(
  problems: ProblemList,
  section: Readonly<Record<string, unknown>>,
  service: PathSegments,
  { documents, source, isAws, checkSource: check }: ContractContext,
): ContractDraft[] {
  return Object.entries(section).flatMap(([detailType, value]): ContractDraft[] => {
    const contractPath = [...service, "contracts", detailType];
    checkDetailType(problems, detailType, contractPath);
    const { full, partial, isBad } = readEntry(problems, entries.contract, value, contractPath);
    const { example, examples: named } = partial;
    const detailPath = [...contractPath, "detail"];
    const detail = readDetail(problems, partial.detail, detailPath, documents);
    // What AWS publishes is as AWS has it.
    const ofMetadata = isAws ? undefined : detail && metadataProblem(detail);
    if (ofMetadata !== undefined) problems.add(detailPath, ofMetadata);
    const own = check(partial.source, [...contractPath, "source"]);
    if (own !== undefined && own === source) {
      problems.add([...contractPath, "source"], `"${own}" is the service's source already; remove it`);
    }
    if (isBad("example") || isBad("examples")) return [];
    const examples = readExamples(problems, { detail, example, named }, contractPath);
    const [first] = examples ?? [];
    if (full === undefined || detail === undefined || examples === undefined || first === undefined)
      return [];
    const { version, description, deprecated, owner, peakPerSecond, sensitive } = full;
    return [
      {
        detailType,
        ...(own === undefined ? {} : { source: own }),
        version,
        description,
        ...(deprecated === undefined ? {} : { deprecated }),
        ...(owner === undefined ? {} : { owner }),
        ...(peakPerSecond === undefined ? {} : { peakPerSecond }),
        ...(sensitive ? { sensitive } : {}),
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
  } else if (!isUsable(detailType)) {
    problems.add(
      path,
      `${JSON.stringify(detailType)} cannot be used in patterns and policies as it stands; use printable ASCII without *, ? and \${, such as "Order.Created"`,
    );
  }
}
