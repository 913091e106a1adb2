import { accountRootArn } from "../aws/arn.js";
import { oneOrAll, type Statement } from "../aws/policy-document.js";
import { byText, groupBy, type Publication } from "../registry/index.js";
import type { Scope } from "./scope.js";

/** Events that AWS accounts may put on the global bus: each of these accounts each source with each detail-type. */
interface Admission {
  /** Of the statement; nothing else has it. */
  readonly sid: string;
  /** ARNs. */
  readonly accounts: readonly string[];
  readonly sources: readonly string[];
  readonly detailTypes: readonly string[];
}

/**
 * One statement for each publication from an AWS account of its own, or fewer where that says the same: what differs in its
 * sources, in its detail-types or in its accounts only is declared each with each. Then every event of a batch is declared, whatever
 * stands beside it.
 */
export function allowPublishing(
  scope: Scope,
  publications: readonly Publication[],
  sidOf: (publication: Publication) => string,
): Statement[] {
  const single = publications.map((publication) => admissionOf(scope, sidOf(publication), publication));
  return joined(joined(joined(single, "detailTypes"), "sources"), "accounts").map((one) => allow(scope, one));
}

/** Characters of the statement that a publication has where it shares none. */
export function lengthAlone(scope: Scope, publication: Publication): number {
  return JSON.stringify(allow(scope, admissionOf(scope, `publish-${publication.service}`, publication)))
    .length;
}

function admissionOf(
  { place }: Scope,
  sid: string,
  { account, source, detailTypes }: Publication,
): Admission {
  return { sid, accounts: [accountRootArn(place(account))], sources: [source], detailTypes };
}

function joined(
  admissions: readonly Admission[],
  field: "accounts" | "sources" | "detailTypes",
): Admission[] {
  const keyOf = ({ accounts, sources, detailTypes }: Admission) => {
    const lists = { accounts, sources, detailTypes, [field]: [] };
    return JSON.stringify(
      [lists.accounts, lists.sources, lists.detailTypes].map((list) => list.toSorted(byText)),
    );
  };
  return groupBy(admissions, keyOf).map((group) => ({
    ...group[0],
    [field]: [...new Set(group.flatMap((one) => one[field]))],
  }));
}

function allow({ globalBus }: Scope, { sid, accounts, sources, detailTypes }: Admission): Statement {
  return {
    Sid: sid,
    Effect: "Allow",
    Principal: { AWS: oneOrAll(accounts.toSorted(byText)) },
    Action: "events:PutEvents",
    Resource: globalBus,
    Condition: {
      "ForAllValues:StringEquals": {
        "events:source": oneOrAll(sources.toSorted(byText)),
        "events:detail-type": detailTypes,
      },
    },
  };
}
