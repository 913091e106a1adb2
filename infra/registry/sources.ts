import { sourceMaxLength } from "../aws/limits.js";
import type { PathSegments } from "./problem.js";
import type { EnvironmentDraft } from "./environments.js";
import type { ProblemList } from "./read.js";
import type { Origin } from "./registry.js";

const placeholder = "{environment}";

/** A source as it is in one environment. */
export function sourceIn(source: string, environment: string): string {
  return source.replaceAll(placeholder, environment);
}

/** IAM reads * and ? as wildcards and ${ as a variable where a policy compares what an event says. */
export function isUsable(text: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/[*?]|\$\{/.test(text);
}

const reverseDns = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+$/;

export interface SourceContext {
  readonly environmentNames: readonly string[];
  /** Whether a source that is not written in reverse-DNS style is as good as any. */
  readonly anyStyle: boolean;
  /** One to write instead, if there is one that would be taken. */
  readonly propose: (source: string) => string | undefined;
}

/** @returns the source, if EventBridge takes it in every environment */
export function checkSource(
  problems: ProblemList,
  source: string | undefined,
  path: PathSegments,
  { environmentNames, anyStyle, propose }: SourceContext,
): string | undefined {
  if (source === undefined) return undefined;
  const such = () => {
    const proposal = propose(source);
    return proposal === undefined ? "" : `, such as ${JSON.stringify(proposal)}`;
  };
  const refusal = refusalOf(source, environmentNames, such);
  if (refusal !== undefined) {
    problems.add(path, refusal);
    return undefined;
  }
  const strange = /\{[^{}]*\}/.exec(source.replaceAll(placeholder, ""))?.[0];
  if (strange !== undefined) {
    problems.warn(path, `${strange} is taken as it stands; only ${placeholder} stands for something`);
  }
  if (!anyStyle && !reverseDns.test(sourceIn(source, "environment"))) {
    problems.warn(
      path,
      `${JSON.stringify(source)} is not written in reverse-DNS style${such()}, by which teams keep apart without asking each other; where sources are as they are, write sourceStyle: "any" in the registry`,
    );
  }
  return source;
}

function refusalOf(
  source: string,
  environmentNames: readonly string[],
  such: () => string,
): string | undefined {
  const text = JSON.stringify(source);
  if (source.trim() === "") return `is empty; give its source${such()}`;
  if (source.includes("${environment}"))
    return `${text} has a $ too many; write ${JSON.stringify(source.replaceAll("${environment}", placeholder))}`;
  if (!isUsable(source))
    return `${text} cannot be used in patterns and policies as it stands; use printable ASCII without *, ? and \${${such()}`;
  const written = [source, ...environmentNames.map((name) => sourceIn(source, name))];
  if (written.some((one) => one.startsWith("aws.")))
    return `${text} begins with "aws.", which EventBridge keeps for AWS: AWS services and partners own such sources, and their events arrive on an account's default bus or on a partner bus. If these are such events, write from: "default-bus" and accounts in place of account; if the service publishes them itself, choose a source of your own${such()}`;
  const inEnvironments = environmentNames.length === 0 ? written : written.slice(1);
  const longest = Math.max(...inEnvironments.map(({ length }) => length));
  return longest > sourceMaxLength
    ? `has ${longest} characters, EventBridge takes ${sourceMaxLength}; shorten it${such()}`
    : undefined;
}

/** One contract under one of its sources, and where the two are written. */
interface Claim {
  readonly key: string;
  readonly source: string;
  readonly detailType: string;
  readonly environments: readonly string[] | undefined;
  readonly origin: Origin | undefined;
  readonly path: PathSegments;
}

/** A service as far as its sources go. */
interface Sourced {
  readonly name: string;
  readonly source: string | undefined;
  readonly alsoSources: readonly string[];
  readonly environments: readonly string[] | undefined;
  readonly origin?: Origin;
  readonly contracts: readonly { readonly detailType: string; readonly source?: string }[];
}

/**
 * An event's contract is found by source, detail-type and whether the global bus had it or else the account it is of, so two
 * contracts have all three in common in no environment.
 */
export function checkUnique(
  problems: ProblemList,
  services: readonly Sourced[],
  environments: readonly Pick<EnvironmentDraft, "name" | "accountIds">[],
): void {
  const claims = services.flatMap(claimsOf);
  const reported = new Set<string>();
  for (const environment of environments.length === 0 ? [{ name: placeholder }] : environments) {
    const owners = new Map<string, Claim>();
    for (const claim of claims) {
      if (claim.environments?.includes(environment.name) === false) continue;
      for (const from of originsOf(claim, environment)) {
        const name = JSON.stringify([from, sourceIn(claim.source, environment.name), claim.detailType]);
        const owner = owners.get(name);
        if (owner === undefined) owners.set(name, claim);
        else if (!reported.has(claim.key) && owner.key !== claim.key) {
          reported.add(claim.key);
          problems.add(claim.path, sameEvent(owner, claim, environment.name));
        }
      }
    }
  }
}

/**
 * Where events come from, as far as those who receive them can tell: of AWS's own an event says its account, and not
 * the bus. Accounts that share one AWS account have one default bus.
 */
function originsOf({ origin }: Claim, { accountIds }: Pick<EnvironmentDraft, "accountIds">): string[] {
  if (origin === undefined) return ["global"];
  const ids = origin.accounts.map((account) => accountIds?.get(account));
  return [...new Set(ids)].filter((id) => id !== undefined);
}

function sameEvent(owner: Claim, claim: Claim, environment: string): string {
  const same =
    owner.source === claim.source && claim.origin === undefined
      ? `the source "${claim.source}" and the detail-type "${claim.detailType}" are ${owner.key} already`
      : `in ${environment}, source "${sourceIn(claim.source, environment)}" and detail-type "${claim.detailType}" are ${owner.key} already`;
  if (owner.origin !== undefined && owner.origin.bus !== claim.origin?.bus)
    return `${same}, of the same AWS account though on another bus, and whoever receives both could not tell them apart; leave one of the two out of ${environment} by environments`;
  return claim.origin === undefined
    ? `${same}; give one of the two its own source or detail-type, or, if both publish the same event, declare it once and name the other in the registry's publishers`
    : `${same}, from the same bus; declare it once, and let filters of routes tell its events apart, or leave one of the two out of ${environment} by environments`;
}

/** The sources of a service's contract, as they are written: its own, or the service's with the former ones. */
export function writtenSources(
  { source, alsoSources }: Pick<Sourced, "source" | "alsoSources">,
  own: string | undefined,
): string[] {
  return (own === undefined ? [source, ...alsoSources] : [own]).filter((one) => one !== undefined);
}

function claimsOf(service: Sourced): Claim[] {
  const { name, environments, origin, contracts } = service;
  return contracts.flatMap(({ detailType, source: own }) => {
    const key = `${name}/${detailType}`;
    const path = ["services", name, "contracts", detailType];
    return writtenSources(service, own).map((source) => ({
      key,
      source,
      detailType,
      environments,
      origin,
      path,
    }));
  });
}

/** Former sources that say nothing: the service's own, or one twice. */
export function checkFormer(
  problems: ProblemList,
  source: string | undefined,
  former: readonly (string | undefined)[],
  path: PathSegments,
): string[] {
  return former.flatMap((one, index): string[] => {
    if (one === undefined) return [];
    const isKnown = one === source || former.indexOf(one) < index;
    if (isKnown) {
      problems.add(
        [...path, index],
        `"${one}" is ${one === source ? "the service's source" : `in the list`} already; remove it`,
      );
      return [];
    }
    return [one];
  });
}

/** A source that is right and that nobody has: what was written without what is wrong in it, or one like the others'. */
export function proposeSource(
  source: string,
  service: string,
  others: readonly string[],
): string | undefined {
  const cleaned = (source.match(/\{environment\}|[A-Za-z0-9_-]+/g) ?? []).join(".");
  const right = others.filter(isSource);
  const domains = right.map((other) => other.slice(0, other.lastIndexOf("."))).concat("com.example");
  return [cleaned, ...domains.map((domain) => `${domain}.${service}`)].find(
    (proposal) => isSource(proposal) && !others.includes(proposal),
  );
}

function isSource(text: string): boolean {
  return (
    text.length <= sourceMaxLength &&
    !text.startsWith("aws.") &&
    reverseDns.test(sourceIn(text, "environment"))
  );
}
