import type { PathSegments } from "./problem.js";
import type { ProblemList } from "./read.js";
import { type Environment, sharedAccounts } from "./registry.js";

/** What an environment says that bears on how publishers are told apart; absent fields had mistakes, or are not there. */
export type Published = Partial<Pick<Environment, "publishing" | "organizationId" | "accountIds">>;

/**
 * `organisation` lets in an organisation, and goes by the AWS account of an event.
 * @param isBad whether a field has been reported already, so that its absence is no second mistake
 */
export function checkPublishing(
  problems: ProblemList,
  { publishing, organizationId, accountIds = new Map<string, string>() }: Published,
  path: PathSegments,
  isBad: (field: string) => boolean,
): void {
  if (publishing !== "organisation") return;
  const at = [...path, "publishing"];
  if (organizationId === undefined && !isBad("organizationId")) {
    problems.add(
      at,
      '"organisation" lets in the accounts of an organisation, and none is named; add organizationId: "o-…" to this environment, or remove publishing',
    );
  }
  const shared = sharedAccounts({ accountIds });
  if (shared.length === 0) return;
  const who =
    shared[0]?.length === accountIds.size
      ? "all accounts of this environment share one"
      : shared.map((names) => `${names.join(" and ")} share one`).join(", ");
  problems.add(
    at,
    `"organisation" tells publishers apart by their AWS account, and ${who}; give each an AWS account of its own, or remove publishing`,
  );
}

/** What an environment does without that lets in an organisation, in one sentence. */
export function givenUp({ publishing, organizationId }: Environment): string | undefined {
  return publishing === "statements"
    ? undefined
    : `publishing: "organisation": whoever administrates an account of ${String(organizationId)} can put any event into the global bus's log and archive, under any source; forwards take a contract from its publishers' accounts only, in replays, too`;
}
