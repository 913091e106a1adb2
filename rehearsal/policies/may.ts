import { type Box, bitsOf, type Values } from "./boxes.js";
import { type Caller, type Classes, isArnLike, isLike, manyValued, type Mentioned } from "./classes.js";

/**
 * Somebody: anybody of an account, anybody of an organisation but for an account, a role by its ARN, with `*` for several, a service
 * for whatever or for what its ARN says.
 */
export type Who =
  | { readonly anyAccountBut: string; readonly organization: string | undefined }
  | { readonly account: string; readonly organization?: string | undefined }
  | {
      readonly role: string;
      readonly organization?: string | undefined;
      /** Also where its own account gives it nothing. */
      readonly orBare?: true;
    }
  | {
      readonly service: string;
      /** ARNs with `*`; absent: whatever it works for, also where it does not say. */
      readonly for?: readonly string[];
    };

/** What several values of one key are. */
export type Several =
  /** There are some, and every one is one of these, with `*`. */
  | { readonly every: readonly string[] }
  /** One of these is among them. */
  | { readonly some: readonly string[] }
  /** Something else than these is among them. */
  | { readonly someBut: readonly string[] }
  | "none";

/** Requests, as the registry speaks of them: what is absent may be anything. */
export interface May {
  /** Absent: whoever carries the policy. */
  readonly who?: readonly Who[];
  /** With `*`. */
  readonly actions?: readonly string[];
  /** Every action but these. */
  readonly otherActions?: readonly string[];
  /** ARNs with `*`. */
  readonly resources?: readonly string[];
  readonly otherResources?: readonly string[];
  /** Of the resource. */
  readonly organization?: string | undefined;
  readonly sources?: Several;
  readonly types?: Several;
  /** Patterns by lower-case key. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
}

/** What a policy may say. */
export interface Saying {
  /** What it must let through. */
  readonly must: readonly May[];
  /** What it may let through besides, as it does no harm: another policy keeps it out, or nobody asks it. */
  readonly may?: readonly May[];
  /** What it must keep out, whatever else is said. */
  readonly never?: readonly May[];
}

/** What the registry mentions, so that requests differ in it. */
export function mentionedIn(mays: readonly May[]): Mentioned {
  const values = new Map<string, Set<string>>();
  const mention = (key: string, texts: readonly string[]): void => {
    const seen = values.get(key) ?? new Set();
    for (const text of texts) seen.add(text);
    if (texts.length > 0) values.set(key, seen);
  };
  for (const { who = [], organization, sources, types, values: named = {} } of mays) {
    for (const one of who) {
      if ("organization" in one) mention("aws:principalorgid", [one.organization ?? []].flat());
      if ("service" in one) mention("aws:sourcearn", one.for ?? []);
      if ("role" in one && one.role.includes("*")) mention("aws:principalarn", [one.role]);
    }
    mention("aws:resourceorgid", [organization ?? []].flat());
    mention("events:source", textsOf(sources));
    mention("events:detail-type", textsOf(types));
    for (const [key, texts] of Object.entries(named)) mention(key, texts);
  }
  return {
    actions: mays.flatMap(({ actions = [], otherActions = [] }) => [...actions, ...otherActions]),
    resources: mays.flatMap(({ resources = [], otherResources = [] }) => [...resources, ...otherResources]),
    principals: mays.flatMap(({ who = [] }) =>
      who.map((one) =>
        "account" in one
          ? `account ${one.account}`
          : "anyAccountBut" in one
            ? `account ${one.anyAccountBut}`
            : "role" in one
              ? one.role
              : one.service,
      ),
    ),
    values,
  };
}

function textsOf(several: Several | undefined): readonly string[] {
  if (several === undefined || several === "none") return [];
  if ("every" in several) return several.every;
  return "some" in several ? several.some : several.someBut;
}

/** The requests that are meant. */
export function boxOf(may: May, classes: Classes): Box {
  const { who, actions = ["*"], otherActions = [], resources = ["*"], otherResources = [] } = may;
  const { values = {}, organization } = may;
  return {
    one: [
      bitsOf(classes.callers.map((caller) => who === undefined || who.some((one) => isMeant(one, caller)))),
      bitsOf(classes.actions.map((action) => isAction(actions, action) && !isAction(otherActions, action))),
      bitsOf(
        classes.resources.map(
          (resource) =>
            resources.some((pattern) => isLike(pattern, resource.arn)) &&
            !otherResources.some((pattern) => isLike(pattern, resource.arn)) &&
            (organization === undefined || organization === resource.organization),
        ),
      ),
      ...[...classes.keys].map(([key, found]) =>
        bitsOf(
          found.map(
            (value) =>
              values[key] === undefined ||
              (value !== undefined && values[key].some((pattern) => isLike(pattern, value))),
          ),
        ),
      ),
    ],
    many: manyValued.map((key, index) =>
      valuesOf(key === "events:source" ? may.sources : may.types, classes.values[index] ?? []),
    ),
  };
}

function isAction(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => isLike(pattern.toLowerCase(), action.toLowerCase()));
}

function isMeant(who: Who, { principal, account, organization, source, isBare }: Caller): boolean {
  if ("service" in who) {
    return (
      principal.kind === "service" &&
      principal.service === who.service &&
      (who.for === undefined ||
        (source !== undefined && who.for.some((pattern) => isArnLike(pattern, source))))
    );
  }
  if (principal.kind !== "role" || (isBare && !("orBare" in who))) return false;
  if ("anyAccountBut" in who) return account !== who.anyAccountBut && organization === who.organization;
  if ((who.organization ?? organization) !== organization) return false;
  return "role" in who ? isArnLike(who.role, principal.roleArn) : account === who.account;
}

function valuesOf(several: Several | undefined, found: readonly string[]): Values {
  const full = bitsOf(found.map(() => true));
  if (several === undefined) return { all: full, some: [], absent: true };
  if (several === "none") return { all: 0n, some: [], absent: true };
  const meant = (texts: readonly string[]) =>
    bitsOf(found.map((text) => texts.some((pattern) => isLike(pattern, text))));
  if ("every" in several) return { all: meant(several.every), some: [], absent: false };
  const some = "some" in several ? meant(several.some) : full & ~meant(several.someBut);
  return { all: full, some: [some], absent: false };
}
