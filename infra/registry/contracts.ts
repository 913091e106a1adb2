import { detailTypeMaxLength } from "../aws/limits.js";
import type { DetailDefinition } from "./contract-definition.js";
import type { Documents } from "./detail/documents.js";
import { readJsonSchema } from "./detail/json-schema.js";
import { metadataProblem } from "./detail/metadata.js";
import { type DetailSchema, zodDetail } from "./detail/schema.js";
import * as entries from "./entries.js";
import { readExamples } from "./examples.js";
import type { PathSegments } from "./problem.js";
import { type ProblemList, readEntry } from "./read.js";
import type { ContractDraft } from "./service-draft.js";
import { isUsable } from "./sources.js";

interface ContractContext {
  readonly documents: Documents;
  /** The service's. */
  readonly source: string | undefined;
  /** Whether AWS's services or a partner publish them. */
  readonly isAws: boolean;
  readonly checkSource: (source: string | undefined, path: PathSegments) => string | undefined;
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
