import { levelsUpTo } from "../aws/limits.js";
import {
  type NameRule,
  nameRules,
  type PhysicalName,
  physicalNames,
  type SwitchedNames,
} from "../aws/names.js";
import type { AccountDrafts } from "./accounts.js";
import type { EnvironmentDraft } from "./environments.js";
import type { Naming } from "./naming.js";
import type { PathSegments } from "./problem.js";
import type { ProblemList } from "./read.js";
import type { Subscription } from "./registry.js";
import type { ServiceDraft } from "./service-draft.js";

/** A fixed name in the place where it will stand. */
interface PlacedName {
  readonly environment: string;
  readonly prefix: string;
  readonly account: string;
  /** Twelve digits; absent if they could not be read. */
  readonly accountId: string | undefined;
  readonly physical: PhysicalName;
}

/** Names that AWS would refuse, and names that two environments would both claim in one AWS account. */
export function checkPhysicalNames(
  problems: ProblemList,
  { names, naming, backbone }: AccountDrafts,
  environments: readonly EnvironmentDraft[],
  services: readonly ServiceDraft[],
  serviceNaming: Naming,
  subscriptions: readonly Subscription[],
): void {
  const members = names.filter((name) => name !== backbone);
  const placed = environments.flatMap((draft): PlacedName[] => {
    const { name: environment, prefix, accountIds } = draft;
    if (prefix === undefined) return [];
    return names.flatMap((account) => {
      const hosted = services
        .filter(({ origin }) => origin === undefined)
        .filter((service) => service.account === account || service.alsoFrom === account)
        .map(({ name }) => serviceNaming.nameOf(name));
      const forwards = account === backbone ? members.map(naming.nameOf) : [];
      const isOrigin = services.some(({ origin }) => origin?.accounts.includes(account) === true);
      const switched = switchedNames(draft, account, backbone);
      const subscribed = subscriptions
        .filter((one) => one.account === account)
        .map(({ service, name }) => ({ service: serviceNaming.nameOf(service), name }));
      const called = naming.nameOf(account);
      return physicalNames(prefix, called, {
        services: hosted,
        forwards,
        eventsOfAws: isOrigin ? members.map(naming.nameOf) : [],
        subscriptions: subscribed,
        switched,
      }).map((physical) => ({
        environment,
        prefix,
        account,
        accountId: accountIds?.get(account),
        physical,
      }));
    });
  });
  checkLengths(problems, placed, naming, serviceNaming);
  checkClashes(problems, placed);
}

function switchedNames(
  { archive, busLogging, encryption, auditTrail, publishing, accountIds, region }: EnvironmentDraft,
  account: string,
  backbone: string | undefined,
): SwitchedNames {
  const accountId = accountIds?.get(account);
  const hasTrail = auditTrail !== undefined && account === backbone;
  return {
    archived: archive !== undefined && (account === backbone || archive.local.has(account)),
    logLevels: levelsUpTo(busLogging?.level ?? "OFF"),
    encrypted: encryption !== undefined && encryption !== false,
    byAccount: publishing === "organisation",
    trail: hasTrail && accountId !== undefined && region !== undefined ? { accountId, region } : undefined,
  };
}

/** Reported once where the name's longest part stands, in the entry of the account or service or at the prefix. */
function checkLengths(
  problems: ProblemList,
  placed: readonly PlacedName[],
  accounts: Naming,
  services: Naming,
): void {
  const reported = new Set<string>();
  for (const { environment, prefix, account, physical } of placed) {
    const { kind, name } = physical;
    const rule: NameRule = nameRules[kind];
    if (name.length <= rule.maxLength) continue;
    const called = physical.concerns ?? accounts.nameOf(account);
    const prefixIsLongest = name.startsWith(prefix) && prefix.length > called.length;
    const [ofService = "", subscription] = called.split("/");
    const { keyOf, pathOf } = kind === "managedPolicy" ? services : accounts;
    const path: PathSegments = prefixIsLongest
      ? ["environments", environment, "prefix"]
      : subscription === undefined
        ? pathOf(keyOf(called))
        : ["subscriptions", services.keyOf(ofService), subscription];
    if (reported.has(path.join(" "))) continue;
    reported.add(path.join(" "));
    const mend = prefixIsLongest ? "shorten the prefix" : `shorten "${called}"`;
    problems.add(
      path,
      `the ${rule.what} "${name}" would have ${name.length} characters, AWS takes ${rule.maxLength}; ${mend}`,
    );
  }
}

/** Reported once per environment. Environments of one prefix in one AWS account are reported as such already. */
function checkClashes(problems: ProblemList, placed: readonly PlacedName[]): void {
  const owners = new Map<string, PlacedName>();
  const reported = new Set<string>();
  for (const claimant of placed) {
    const { environment, prefix, account, accountId, physical } = claimant;
    // A rule's name belongs to its bus, so buses that differ keep rules apart.
    if (accountId === undefined || physical.kind === "rule") continue;
    const claim = `${accountId} ${physical.kind} ${physical.name}`;
    const owner = owners.get(claim);
    if (owner === undefined) {
      owners.set(claim, claimant);
    } else if (owner.prefix !== prefix && !reported.has(environment)) {
      reported.add(environment);
      problems.add(
        ["environments", environment, "prefix"],
        `the ${nameRules[physical.kind].what} "${physical.name}" of account "${account}" is also that of account "${owner.account}" in environment "${owner.environment}", both in AWS account ${accountId}; choose a prefix that is not the beginning of another`,
      );
    }
  }
}
