import { sourceMaxLength } from "../../aws/limits.js";
import { readContracts } from "../contracts.js";
import { kindOf } from "../entries.js";
import { checkEnvironmentNames } from "../environments.js";
import { listed, nearest, type PathSegments, suggest } from "../problem.js";
import { isRecord, type ProblemList, readEntry } from "../read.js";
import type { Origin } from "../registry.js";
import type { ServiceContext, ServiceDraft } from "../service-draft.js";
import { sourceIn } from "../sources.js";
import { awsEvents, isPartnerSource } from "./entries.js";
import { readOnlyProblem, saysNothingProblem } from "./management-events.js";

/** Whether an entry among the services is of events of AWS, whatever else is wrong with it. */
export function isAwsEvents(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const sources: readonly unknown[] = Array.isArray(value.source) ? value.source : [value.source];
  const isOfAws = sources.some((source) => typeof source === "string" && source.startsWith("aws."));
  return value.from !== undefined || (value.accounts !== undefined && isOfAws);
}

/** Reads what is wanted of the events of AWS's services or of a partner. */
export function readAwsEvents(
  problems: ProblemList,
  name: string,
  value: unknown,
  context: ServiceContext,
): ServiceDraft {
  const path = ["services", name];
  const { partial } = readEntry(problems, awsEvents, withoutPublisher(problems, value, path), path);
  const { from, accounts, readOnlyManagementEvents = false } = partial;
  const check = (source: string | undefined, at: PathSegments) =>
    checkAwsSource(problems, source, at, from, context);
  const [source, ...others] = readSources(problems, partial.source, [...path, "source"], check);
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
    checkSource: check,
  });
  for (const contract of contracts) {
    const problem = readOnlyProblem(contract, origin);
    if (problem !== undefined) problems.add([...path, "contracts", contract.detailType], problem);
  }
  const saysNothing = saysNothingProblem(Object.keys(partial.contracts ?? {}), origin);
  if (saysNothing !== undefined && !isPartner)
    problems.add([...path, "readOnlyManagementEvents"], saysNothing);
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

/** The entry without what belongs to a service that publishes itself, which is reported: as it is when that is mended. */
function withoutPublisher(problems: ProblemList, value: unknown, path: PathSegments): unknown {
  if (!isRecord(value)) return value;
  const { account, alsoFrom, alsoSources, ...rest } = value;
  const byAws = "these events are published by AWS or a partner";
  if (alsoFrom !== undefined)
    problems.add([...path, "alsoFrom"], `${byAws}, out of no account of a service; remove it`);
  if (alsoSources !== undefined)
    problems.add([...path, "alsoSources"], `${byAws}; write all their sources as a list in source`);
  if (account === undefined) return rest;
  const isSaid = rest.accounts !== undefined;
  problems.add(
    [...path, "account"],
    `${byAws}, and accounts says from whose buses they come; ${isSaid ? "remove account" : `write accounts: ${JSON.stringify([account])} in its place`}`,
  );
  return isSaid ? rest : { ...rest, accounts: [account] };
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
    const meant = nearest(written, accountNames);
    problems.add(
      path,
      `expected a list of accounts, received "${written}"; write ${meant === undefined ? "" : `["${meant}"], or `}"*" for all`,
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
    } else if (account === "*") {
      problems.add(at, 'stands for all accounts outside of a list only; write accounts: "*"');
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
  check: (source: string, path: PathSegments) => string | undefined,
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
    const known = check(source, at);
    return known === undefined ? [] : [known];
  });
}

const asItStands = 'write it as it stands in the events, such as "aws.s3"';

function checkAwsSource(
  problems: ProblemList,
  source: string | undefined,
  path: PathSegments,
  from: string | undefined,
  { environmentNames }: ServiceContext,
): string | undefined {
  if (source === undefined) return undefined;
  const problem = awsSourceProblem(source, from, environmentNames);
  if (problem === undefined) return source;
  problems.add(path, problem);
  return undefined;
}

function awsSourceProblem(
  source: string,
  from: string | undefined,
  environmentNames: readonly string[],
): string | undefined {
  const text = JSON.stringify(source);
  const usual = sourceIn(source, "environment");
  const longest = Math.max(...environmentNames.map((one) => sourceIn(source, one).length));
  if (!source.startsWith("aws."))
    return `${text} is no source of AWS or of a partner, which all begin with "aws."; ${asItStands}, or, if the service publishes these itself, write account in place of from and accounts`;
  if (!/^aws\.[\w./-]+$/.test(usual)) return `${text} is no source that AWS could write; ${asItStands}`;
  if (longest > sourceMaxLength)
    return `has ${longest} characters, EventBridge takes ${sourceMaxLength}; ${asItStands}`;
  if (from === "default-bus" && usual.startsWith("aws.partner/"))
    return `${text} is a partner's source, and no default bus has a partner's events; write from: ${isPartnerSource(usual) ? text : "with the name of the partner bus"}, or the source of a service of AWS, such as "aws.s3"`;
  if (from !== undefined && from !== "default-bus" && !isPartnerSource(usual))
    return `${text} is no partner's source, and a partner bus has that partner's events only; write source: ${JSON.stringify(from)}, as the bus is called, or from: "default-bus" for events of AWS's services`;
  if (from !== undefined && from !== "default-bus" && partnerOf(source) !== partnerOf(from))
    return `${text} is another partner's source than that of the bus ${JSON.stringify(from)}; write source: ${JSON.stringify(from)}`;
  return undefined;
}

/** `aws.partner/example.com` of whatever is called after a partner. */
function partnerOf(name: string): string {
  return name.split("/").slice(0, 2).join("/");
}
