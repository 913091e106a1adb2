import {
  absent,
  partitionOf,
  type Condition,
  type KeyFact,
  oneOrAbsent,
  type Principal,
  type Statement,
} from "eventbridge-simulator";

/** Who asks, as far as policies see it. */
export interface Caller {
  readonly principal: Principal;
  /** Of a role its own account; of a service the one on whose behalf it works, if it says so. */
  readonly account: string | undefined;
  /** Of a role: its organisation. */
  readonly organization: string | undefined;
  /** Whether its own account gives it nothing, so that a policy that leaves it to the account gives it nothing either. */
  readonly isBare: boolean;
  /** Of a service: ARN of what it works for, if it says so. */
  readonly source: string | undefined;
  /** What conditions about the caller see, by lower-case key. */
  readonly facts: ReadonlyMap<string, KeyFact>;
}

/** What is asked about; an identity policy may ask in which organisation it is. */
export interface Resource {
  readonly arn: string;
  readonly organization: string | undefined;
}

/** Keys that are not cut by themselves: the caller, or the resource, is. */
const callerKeys = [
  "aws:principalarn",
  "aws:principalaccount",
  "aws:principalorgid",
  "aws:principalisawsservice",
  "aws:principalservicename",
  "aws:sourcearn",
  "aws:sourceaccount",
];
const resourceKeys = ["aws:resourceaccount", "aws:resourceorgid"];
/** A request has one of each of its entries (service authorization reference of EventBridge). */
export const manyValued = ["events:source", "events:detail-type"] as const;

export type KeyKind = "caller" | "resource" | "many" | "one";

export function kindOf(key: string): KeyKind {
  if (callerKeys.includes(key)) return "caller";
  if (resourceKeys.includes(key)) return "resource";
  return manyValued.some((one) => one === key) ? "many" : "one";
}

/** What a statement or the registry says of something, and so what tells requests apart. */
export interface Mentioned {
  readonly actions: Iterable<string>;
  readonly resources: Iterable<string>;
  /** Names in principals, as the simulator has them: `account 111111111111`, an ARN, a service. */
  readonly principals: Iterable<string>;
  /** Values by lower-case key. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Every dimension of the requests that are asked about, each cut into classes by one member for each. */
export interface Classes {
  readonly callers: readonly Caller[];
  readonly actions: readonly string[];
  readonly resources: readonly Resource[];
  /** Keys with one value at most: undefined where the request does not carry it. */
  readonly keys: ReadonlyMap<string, readonly (string | undefined)[]>;
  /** Values of {@link manyValued} keys, in that order. */
  readonly values: readonly (readonly string[])[];
}

/** A value that nobody mentions. Valid in an ARN, and in a name. */
export const another = "anything-else";

/**
 * Texts that a pattern takes: where it says something of its own, every other pattern is tried with it. A wildcard is
 * filled with nothing, and with something nobody mentions.
 */
export function instancesOf(pattern: string): string[] {
  const pieces = pattern.split("*");
  const few = pieces.length > 4;
  const fills = pieces
    .slice(1)
    .reduce<string[][]>(
      (lists, _piece, index) =>
        few && index > 0
          ? lists.map((list) => [...list, list[0] ?? ""])
          : lists.flatMap((list) => ["", another].map((fill) => [...list, fill])),
      [[]],
    );
  return fills.map((list) =>
    pieces
      .map((piece, index) => piece + (list[index] ?? ""))
      .join("")
      .replaceAll("?", "x"),
  );
}

/**
 * As {@link instancesOf}, for a pattern that leaves open of which account an ARN is, or what it begins with: it takes
 * those of each account.
 * @param beginnings up to the name, such as `arn:aws:iam::111111111111:role/`
 */
function arnsLike(pattern: string, beginnings: readonly string[]): string[] {
  const [head = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return [pattern];
  const parts = pattern.split(":");
  const begun = beginnings.flatMap((beginning) => {
    const account = accountOf(beginning);
    const ofAccount = isLike(parts[4] ?? "", account) ? parts.with(4, account).join(":") : undefined;
    const begins = beginning.startsWith(head) ? `${beginning}${rest.join("*")}` : undefined;
    return [ofAccount ?? [], begins ?? []].flat();
  });
  return [pattern, ...begun].flatMap(instancesOf);
}

/** Whether a pattern with `*` takes a text; across the parts of an ARN, too. */
export function isLike(pattern: string, text: string): boolean {
  if (!pattern.includes("*")) return pattern === text;
  const expression = pattern.split("*").map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&"));
  return new RegExp(`^${expression.join(".*")}$`, "su").test(text);
}

/** As {@link isLike}, for ARNs: no `*` of a pattern's takes more than its own part of them. */
export function isArnLike(pattern: string, arn: string): boolean {
  if (!pattern.includes("*")) return pattern === arn;
  const [wanted, parts] = [partsOf(pattern), partsOf(arn)];
  return wanted.every((part, index) => isLike(part, parts[index] ?? ""));
}

/** Colons behind the fifth belong to the last part. */
function partsOf(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** What a statement mentions, in each of its parts. */
export function mentionedBy(statements: readonly Statement[]): Mentioned {
  const actions = new Set<string>();
  const resources = new Set<string>();
  const principals = new Set<string>();
  const values = new Map<string, Set<string>>();
  for (const { parts, conditions } of statements) {
    for (const part of parts) {
      const { part: kind, wants } = part.evidence(nobody);
      if (kind === "condition") continue;
      const seen = { action: actions, resource: resources, principal: principals }[kind];
      for (const wanted of wants) seen.add(wanted);
    }
    for (const condition of conditions) {
      const { operator, presence, wants } = condition.evidence(new Map());
      const key = keyOf(condition);
      const seen = values.get(key) ?? values.set(key, new Set()).get(key);
      for (const wanted of presence ? [] : wants) {
        seen?.add(wanted);
        if (operator.includes("IgnoreCase")) seen?.add(swapCase(wanted));
      }
    }
  }
  return { actions, resources, principals, values };
}

/** The key that a condition asks about. */
export function keyOf({ keys }: Condition): string {
  return keys[0] ?? "";
}

function swapCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
}

/** Somebody who asks for nothing, for whoever only wants to know what a statement says. */
export const nobody = {
  principal: { kind: "service", service: "nobody.amazonaws.com" },
  action: "",
  resource: "",
  context: new Map<string, KeyFact>(),
} as const;

/** What the classes are made for. */
export interface Cut {
  readonly mentioned: readonly Mentioned[];
  /** Account of the resource, or of whoever carries the policy. */
  readonly account: string;
  readonly region: string;
  /** Whether callers differ; otherwise whoever carries the policy is the caller. */
  readonly callers: boolean;
  /** What can be asked about; undefined where the policies say it. */
  readonly resources: readonly string[] | undefined;
  readonly organizationOf: (account: string) => string | undefined;
}

export function classesOf(cut: Cut): Classes {
  const { mentioned } = cut;
  const all = (of: (one: Mentioned) => Iterable<string>): string[] => [
    ...new Set(mentioned.flatMap((one) => [...of(one)])),
  ];
  const textsOf = (key: string): string[] => all(({ values }) => values.get(key) ?? []);
  const valuesOf = (key: string): string[] => [...new Set(textsOf(key).flatMap(instancesOf))];
  const actions = all((one) => one.actions).flatMap(instancesOf);
  const services = new Set(actions.flatMap((action) => (action.includes(":") ? action.split(":")[0] : [])));
  const keys = all(({ values }) => values.keys());
  return {
    callers: cut.callers
      ? callersOf(
          cut,
          all((one) => one.principals),
          textsOf,
        )
      : [carrier(cut)],
    // AWS does not tell their case apart.
    actions: unique(
      [...actions, ...[...services].map((service) => `${service ?? ""}:AnythingElse`)],
      (action) => action.toLowerCase(),
    ),
    resources: resourcesOf(
      cut,
      all((one) => one.resources),
      valuesOf,
    ),
    keys: new Map(
      keys
        .filter((key) => kindOf(key) === "one")
        .map((key) => [key, [...unique([...valuesOf(key), another], String), undefined]]),
    ),
    values: manyValued.map((key) => unique([...valuesOf(key), another], String)),
  };
}

function unique<Item>(items: readonly Item[], keyFor: (item: Item) => string): Item[] {
  return [...new Map([...items].reverse().map((item) => [keyFor(item), item])).values()].reverse();
}

function carrier({ account, organizationOf }: Cut): Caller {
  return roleOf(account, `arn:aws:iam::${account}:role/whoever-carries-it`, organizationOf(account));
}

/** Anybody of each account, each role that somebody names, and each service for each of what it may work for. */
function callersOf(cut: Cut, principals: readonly string[], textsOf: (key: string) => string[]): Caller[] {
  const named = [...principals, ...["aws:principalarn", "aws:sourcearn"].flatMap(textsOf)];
  const ids = [
    ...new Set([
      cut.account,
      stranger,
      ...named.map((name) => (name.startsWith("account ") ? name.slice("account ".length) : accountOf(name))),
      ...["aws:principalaccount", "aws:sourceaccount"].flatMap(textsOf),
    ]),
  ].filter((id) => /^\d{12}$/.test(id));
  const partition = partitionOf(cut.region);
  const begin = (service: string, kind: string) =>
    ids.map((id) => `arn:${partition}:${service}:${id}:${kind}/`);
  const roles = [
    ...ids.map((id) => `arn:${partition}:iam::${id}:role/anybody`),
    ...principals,
    ...textsOf("aws:principalarn").flatMap((text) => arnsLike(text, begin("iam:", "role"))),
  ];
  const sources = [
    ...textsOf("aws:sourcearn").flatMap((text) => arnsLike(text, begin(`events:${cut.region}`, "rule"))),
    ...ids.map((id) => `arn:${partition}:events:${cut.region}:${id}:rule/${another}`),
  ];
  const organizations = textsOf("aws:principalorgid").flatMap(instancesOf);
  const organizationsOf = (account: string) =>
    organizations.length === 0
      ? [cut.organizationOf(account)]
      : [...new Set([...organizations, "o-another"])];
  const services = new Set(
    [...principals, ...textsOf("aws:principalservicename"), "lambda.amazonaws.com"].filter((name) =>
      name.endsWith(".amazonaws.com"),
    ),
  );
  const isArn = (text: string): boolean => text.startsWith("arn:");
  return [
    ...unique(roles.filter(isArn), String).flatMap((arn) =>
      organizationsOf(accountOf(arn)).flatMap((organization) =>
        // Elsewhere a role needs its own account's word in any case.
        (accountOf(arn) === cut.account ? [false, true] : [false]).map((isBare) =>
          roleOf(accountOf(arn), arn, organization, isBare),
        ),
      ),
    ),
    ...[...services].flatMap((service) => [
      ...unique(sources.filter(isArn), String).map((source) => serviceOf(service, source, accountOf(source))),
      // Not every call says what it is for, and whose account that is.
      ...[...ids, undefined].map((id) => serviceOf(service, undefined, id)),
    ]),
  ];
}

/** An account that nobody mentions: no AWS account begins so. */
export const stranger = "000000000000";

export function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}

function roleOf(account: string, arn: string, organization: string | undefined, isBare = false): Caller {
  const none = ["aws:principalservicename", "aws:sourcearn", "aws:sourceaccount"].map(
    (key) => [key, absent] as const,
  );
  return {
    principal: { kind: "role", account, roleArn: arn, sessionArn: undefined },
    account,
    organization,
    isBare,
    source: undefined,
    facts: new Map([
      ["aws:principalarn", oneOrAbsent(arn)],
      ["aws:principalaccount", oneOrAbsent(account)],
      ["aws:principalorgid", oneOrAbsent(organization)],
      ["aws:principalisawsservice", oneOrAbsent("false")],
      ...none,
    ]),
  };
}

function serviceOf(service: string, source: string | undefined, account: string | undefined): Caller {
  const none = ["aws:principalarn", "aws:principalaccount", "aws:principalorgid"].map(
    (key) => [key, absent] as const,
  );
  return {
    principal: { kind: "service", service },
    account,
    organization: undefined,
    isBare: false,
    source,
    facts: new Map([
      ["aws:principalisawsservice", oneOrAbsent("true")],
      ["aws:principalservicename", oneOrAbsent(service)],
      ["aws:sourcearn", oneOrAbsent(source)],
      ["aws:sourceaccount", oneOrAbsent(account)],
      ...none,
    ]),
  };
}

function resourcesOf(cut: Cut, named: readonly string[], valuesOf: (key: string) => string[]): Resource[] {
  const arns = cut.resources ?? [...named.flatMap(instancesOf), `arn:aws:${another}:::${another}`];
  const organizations = valuesOf("aws:resourceorgid");
  return unique(
    arns.filter((arn) => arn.startsWith("arn:")),
    String,
  ).flatMap((arn) =>
    (organizations.length === 0 ? [undefined] : [...organizations, "o-another", undefined]).map(
      (organization) => ({ arn, organization }),
    ),
  );
}
