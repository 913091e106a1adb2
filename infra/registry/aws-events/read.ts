import { sourceMaxLength } from "../../aws/limits.js";
import { readContracts } from "../contracts.js";
import { kindOf } from "../entries.js";
import { checkEnvironmentNames } from "../environments.js";
import { listed, type PathSegments, suggest } from "../problem.js";
import { type ProblemList, readEntry } from "../read.js";
import type { Origin } from "../registry.js";
import type { ServiceContext, ServiceDraft } from "../service-draft.js";
import { isUsable, sourceIn } from "../sources.js";
import { awsEvents } from "./entries.js";
import { readOnlyProblem } from "./management-events.js";

/** Reads what is wanted of the events of AWS's services or of a partner. */
export function readAwsEvents(
  problems: ProblemList,
  name: string,
  value: unknown,
  context: ServiceContext,
): ServiceDraft {
  const path = ["services", name];
  const { partial } = readEntry(problems, awsEvents, value, path);
  const { from, accounts, readOnlyManagementEvents = false } = partial;
  const sources = readSources(problems, partial.source, [...path, "source"], context);
  const [source, ...others] = sources;
  const isPartner = from !== undefined && from !== "default-bus";
  if (isPartner && readOnlyManagementEvents)
    problems.add(
      [...path, "readOnlyManagementEvents"],
      "speaks of what CloudTrail records, which comes to default buses only; remove it",
    );
  const origin: Origin = {
    bus: isPartner ? from : "default",
    accounts: readOrigins(problems, accounts, [...path, "accounts"], context),
    ...(readOnlyManagementEvents ? { readOnlyManagementEvents } : {}),
  };
  const contracts = readContracts(problems, partial.contracts ?? {}, path, {
    documents: context.documents,
    source,
    isAws: true,
    checkSource: (own, at) => checkAwsSource(problems, own, at, context),
  });
  for (const contract of contracts) {
    const problem = readOnlyProblem(contract, origin);
    if (problem !== undefined) problems.add([...path, "contracts", contract.detailType], problem);
  }
  return {
    name,
    calledName: partial.name,
    origin,
    account: origin.accounts[0],
    alsoFrom: undefined,
    source,
    alsoSources: others,
    environments: checkEnvironmentNames(problems, partial.environments, path, context.environmentNames),
    owner: partial.owner,
    detailTypes: partial.contracts === undefined ? undefined : Object.keys(partial.contracts),
    contracts,
  };
}

function readOrigins(
  problems: ProblemList,
  written: string | readonly unknown[] | undefined,
  path: PathSegments,
  { accountNames = [] }: ServiceContext,
): string[] {
  if (written === "*") return [...accountNames];
  if (written === undefined || accountNames.length === 0) return [];
  if (typeof written === "string") {
    const isKnown = accountNames.includes(written);
    problems.add(
      path,
      `expected a list of accounts, received "${written}"; write ${isKnown ? `["${written}"]` : '"*" for all'}`,
    );
    return [];
  }
  if (written.length === 0)
    problems.add(
      path,
      'is an empty list; name the accounts whose buses they come from, or write "*" for all',
    );
  const known = problems.proposable(["accounts"], accountNames);
  return written.flatMap((account, index): string[] => {
    const at = [...path, index];
    if (typeof account !== "string") {
      problems.add(
        at,
        `expected an account's name, received ${kindOf(account)}; write one of ${listed(known)}`,
      );
    } else if (!accountNames.includes(account)) {
      problems.add(
        at,
        `no account is named "${account}"; ${suggest(account, known, "add it to config/accounts.ts")}`,
      );
    } else if (written.indexOf(account) < index) {
      problems.add(at, `"${account}" stands in the list already; remove one of the two`);
    } else return [account];
    return [];
  });
}

function readSources(
  problems: ProblemList,
  written: string | readonly unknown[] | undefined,
  path: PathSegments,
  context: ServiceContext,
): string[] {
  const isList = typeof written === "object";
  const sources: readonly unknown[] = isList ? written : written === undefined ? [] : [written];
  if (isList && written.length === 0) problems.add(path, 'is an empty list; name a source, such as "aws.s3"');
  return sources.flatMap((source, index): string[] => {
    const at = isList ? [...path, index] : path;
    if (typeof source !== "string") {
      problems.add(at, `expected text, received ${kindOf(source)}; write a source such as "aws.s3"`);
      return [];
    }
    if (sources.indexOf(source) < index) {
      problems.add(at, `"${source}" stands in the list already; remove one of the two`);
      return [];
    }
    const known = checkAwsSource(problems, source, at, context);
    return known === undefined ? [] : [known];
  });
}

function checkAwsSource(
  problems: ProblemList,
  source: string | undefined,
  path: PathSegments,
  { environmentNames }: ServiceContext,
): string | undefined {
  if (source === undefined) return undefined;
  const longest = Math.max(
    source.length,
    ...environmentNames.map((environment) => sourceIn(source, environment).length),
  );
  const text = JSON.stringify(source);
  const problem = !source.startsWith("aws.")
    ? `${text} is no source of AWS or of a partner, which all begin with "aws."; write it as it stands in the events, such as "aws.s3", or remove from and accounts, and give the service an account, if it publishes these itself`
    : !isUsable(source) || source === "aws."
      ? `${text} cannot stand in a pattern as a source; write it as it stands in the events, such as "aws.s3"`
      : longest > sourceMaxLength
        ? `has ${longest} characters, EventBridge takes ${sourceMaxLength}`
        : undefined;
  if (problem === undefined) return source;
  problems.add(path, problem);
  return undefined;
}
