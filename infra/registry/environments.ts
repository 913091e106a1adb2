import { type Quota, type QuotaName, quotas } from "../aws/limits.js";
import * as entries from "./entries.js";
import { nearest, type PathSegments, propertyKey, suggest } from "./problem.js";
import { type ProblemList, readEntry } from "./read.js";
import { checkPublishing } from "./publishing.js";
import { byText, type Environment } from "./registry.js";
import { readRoles } from "./roles.js";
import { type KnownAccounts, readSwitches } from "./switches.js";

/** What could be read of an environment; absent fields had mistakes. */
export type EnvironmentDraft = Partial<Environment> & Pick<Environment, "name">;

export function readEnvironments(
  problems: ProblemList,
  section: Readonly<Record<string, unknown>>,
  accounts: KnownAccounts,
): EnvironmentDraft[] {
  const drafts = Object.entries(section).map(([name, value]): EnvironmentDraft => {
    const path = ["environments", name];
    if (!entries.keyCharacters.test(name)) {
      problems.add(path, `${JSON.stringify(name)} cannot end a stack's name; ${entries.keyMend}`);
    }
    const { partial, isBad } = readEntry(problems, entries.environment, value, path);
    const { accountIds, quotas: raised, tags, roles, ...fields } = partial;
    const draft = {
      name,
      ...withoutUndefined(fields),
      quotas: readQuotas(problems, raised ?? {}, [...path, "quotas"]),
      tags: readTags(problems, tags ?? {}, [...path, "tags"]),
      ...(roles === undefined ? {} : { roles: readRoles(problems, roles, [...path, "roles"]) }),
      accountIds: readAccountIds(problems, accountIds, [...path, "accountIds"], accounts),
      ...readSwitches(problems, fields, path, accounts, isBad),
    };
    checkPublishing(problems, draft, path, isBad);
    return draft;
  });
  checkSharedIds(problems, drafts);
  return drafts;
}

/** Under `exactOptionalPropertyTypes` an absent field and an undefined one differ. */
function withoutUndefined(fields: {
  region?: string | undefined;
  prefix?: string | undefined;
  organizationId?: string | undefined;
  publishing?: Environment["publishing"] | undefined;
  protect?: boolean | undefined;
  logRetentionDays?: number | undefined;
}): Partial<Environment> {
  return {
    ...(fields.region === undefined ? {} : { region: fields.region }),
    ...(fields.prefix === undefined ? {} : { prefix: fields.prefix }),
    ...(fields.organizationId === undefined ? {} : { organizationId: fields.organizationId }),
    ...(fields.publishing === undefined ? {} : { publishing: fields.publishing }),
    ...(fields.protect === undefined ? {} : { protect: fields.protect }),
    ...(fields.logRetentionDays === undefined ? {} : { logRetentionDays: fields.logRetentionDays }),
  };
}

function readAccountIds(
  problems: ProblemList,
  value: string | Record<string, unknown> | undefined,
  path: PathSegments,
  { names: accountNames, backbone }: KnownAccounts,
): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  if (value === undefined) return ids;
  if (typeof value === "string") {
    if (isAccountId(problems, value, path)) {
      for (const account of accountNames ?? []) ids.set(account, value);
    }
    return sorted(ids);
  }
  const missing = new Set(accountNames?.filter((account) => !Object.hasOwn(value, account)));
  for (const [account, id] of Object.entries(value)) {
    const idPath = [...path, account];
    if (accountNames !== undefined && !accountNames.includes(account)) {
      // The account that was meant is not missing as well.
      missing.delete(nearest(account, [...missing]) ?? "");
      const mend = suggest(
        account,
        problems.proposable(["accounts"], accountNames),
        "add it to config/accounts.ts",
      );
      problems.add(idPath, `no account is named "${account}"; ${mend}`);
      continue;
    }
    if (id === null && account !== backbone) continue;
    if (id === null) {
      problems.add(
        idPath,
        `"${account}" owns the global bus, without which the environment is nothing; write its account id`,
      );
      continue;
    }
    if (!isAccountId(problems, id, idPath)) continue;
    ids.set(account, id);
  }
  for (const account of missing) {
    problems.add(
      path,
      `account "${account}" has no id here; add ${propertyKey(account)}: "<its twelve digits>", or null while the account is not in this environment`,
    );
  }
  return sorted(ids);
}

function sorted<Value>(map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map([...map].sort(([left], [right]) => byText(left, right)));
}

function isAccountId(problems: ProblemList, value: unknown, path: PathSegments): value is string {
  if (typeof value === "string" && entries.accountIdCharacters.test(value)) return true;
  const received = typeof value === "string" ? JSON.stringify(value) : entries.kindOf(value);
  problems.add(path, `${received} is no account id; ${entries.accountIdMend}`);
  return false;
}

function isQuotaName(name: string): name is QuotaName {
  return Object.hasOwn(quotas, name);
}

function readQuotas(
  problems: ProblemList,
  raised: Readonly<Record<string, unknown>>,
  path: PathSegments,
): ReadonlyMap<QuotaName, number> {
  const values = new Map<QuotaName, number>();
  for (const [name, value] of Object.entries(raised)) {
    const quotaPath = [...path, name];
    if (!isQuotaName(name)) {
      problems.add(quotaPath, `no quota is named so; ${suggest(name, Object.keys(quotas), "remove it")}`);
      continue;
    }
    const quota: Quota = quotas[name];
    if (!quota.adjustable) {
      problems.add(
        quotaPath,
        `AWS does not raise "${quota.title}" (${quota.default} ${quota.unit}); remove it`,
      );
    } else if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
      problems.add(
        quotaPath,
        `${entries.kindOf(value)} is no count of ${quota.unit}; write the whole number AWS granted`,
      );
    } else if (quota.ceiling !== undefined && value > quota.ceiling) {
      problems.add(
        quotaPath,
        `AWS raises "${quota.title}" to ${quota.ceiling} ${quota.unit} at most; write no more`,
      );
    } else {
      values.set(name, value);
    }
  }
  return values;
}

/** Beginning of the keys of the project's own tags. */
const ownTags = "event-backbone:";

/** What every taggable service takes (Tagging AWS resources, "Tag naming limits and requirements"). */
const tagCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
/** Of 50 that a resource may have, two are the project's own. */
const mostTags = 48;

function readTags(
  problems: ProblemList,
  written: Readonly<Record<string, unknown>>,
  path: PathSegments,
): Readonly<Record<string, string>> {
  const tags = new Map<string, string>();
  for (const [key, value] of Object.entries(written)) {
    const refused = tagRefusal(key, value);
    if (refused !== undefined) problems.add([...path, key], refused);
    else if (typeof value === "string") tags.set(key, value);
  }
  if (tags.size > mostTags)
    problems.add(
      path,
      `has ${tags.size} tags, and AWS takes ${mostTags} beside the project's own; remove some`,
    );
  return Object.fromEntries(sorted(tags));
}

function tagRefusal(key: string, value: unknown): string | undefined {
  if (typeof value !== "string") return `${entries.kindOf(value)} is no tag's value; write it in quotes`;
  if (/^aws:/i.test(key)) return 'begins with "aws:", which is kept for AWS; choose another key';
  if (key.startsWith(ownTags))
    return `begins with "${ownTags}", as the project's own tags do; choose another key`;
  if (key === "" || key.length > 128 || value.length > 256)
    return "is too long or empty; a tag's key has 1 to 128 characters, its value 256 at most";
  if (tagCharacters.test(key) && tagCharacters.test(value)) return undefined;
  return "has a character that not every AWS service takes; use letters, digits, spaces and _.:/=+-@";
}

/** Environments may share an AWS account, but then their names must differ. */
function checkSharedIds(problems: ProblemList, drafts: readonly EnvironmentDraft[]): void {
  drafts.forEach((later, position) => {
    const laterIds = new Set(later.accountIds?.values());
    for (const earlier of drafts.slice(0, position)) {
      if (later.prefix === undefined || later.prefix !== earlier.prefix) continue;
      const shared = [...(earlier.accountIds?.values() ?? [])].find((id) => laterIds.has(id));
      if (shared === undefined) continue;
      problems.add(
        ["environments", later.name, "prefix"],
        `environment "${earlier.name}" has the prefix "${later.prefix}" in account ${shared} too, so their names would clash; choose another prefix`,
      );
      return;
    }
  });
}

/** The environments that an entry is for; undefined for all of them. */
export function checkEnvironmentNames(
  problems: ProblemList,
  named: readonly string[] | undefined,
  path: PathSegments,
  known: readonly string[],
): readonly string[] | undefined {
  named?.forEach((name, index) => {
    const at = [...path, "environments", index];
    if (named.indexOf(name) < index) problems.add(at, `"${name}" stands here twice; remove one`);
    if (known.includes(name)) return;
    const mend = suggest(
      name,
      problems.proposable(["environments"], known),
      "add it to config/environments.ts",
    );
    problems.add(at, `no environment is named "${name}"; ${mend}`);
  });
  return named && [...named].sort(byText);
}

/** The environment, if all of it could be read. */
export function completeEnvironment(draft: EnvironmentDraft): Environment | undefined {
  const {
    region,
    prefix,
    protect,
    logRetentionDays,
    accountIds,
    publishing,
    quotas: raised,
    busLogging,
    encryption,
    tags,
  } = draft;
  if (
    region === undefined ||
    prefix === undefined ||
    protect === undefined ||
    logRetentionDays === undefined ||
    accountIds === undefined ||
    publishing === undefined ||
    raised === undefined ||
    busLogging === undefined ||
    encryption === undefined ||
    tags === undefined
  ) {
    return undefined;
  }
  const { archive } = draft;
  const local = [...(archive?.local ?? [])];
  const isHere = ([account]: readonly [string, number]) => accountIds.has(account);
  return {
    ...draft,
    region,
    prefix,
    protect,
    logRetentionDays,
    accountIds,
    publishing,
    quotas: raised,
    busLogging,
    encryption,
    tags,
    ...(archive === undefined ? {} : { archive: { ...archive, local: new Map(local.filter(isHere)) } }),
    archivesElsewhere: local.filter((days) => !isHere(days)).map(([account]) => account),
  };
}
