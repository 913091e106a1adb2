/** Some session of a role. AWS matches both its role's ARN and its own. */
export interface RolePrincipal {
  readonly kind: "role";
  readonly account: string;
  readonly roleArn: string;
  /**
   * `arn:aws:sts::<account>:assumed-role/<role>/<session>`; undefined where nobody knows how the session is called,
   * so that a policy that names one session of this role cannot be decided.
   */
  readonly sessionArn: string | undefined;
}

export interface ServicePrincipal {
  readonly kind: "service";
  /** Such as `events.amazonaws.com`. */
  readonly service: string;
}

export type Principal = RolePrincipal | ServicePrincipal;

/** One request, as policies see it. */
export interface AccessRequest {
  readonly principal: Principal;
  /** Such as `events:PutEvents`. */
  readonly action: string;
  /** ARN; undefined for sts:AssumeRole, where the trust policy itself belongs to the resource. */
  readonly resource: string | undefined;
  readonly context: RequestContext;
}

/** How a principal is called in evidence. */
export function principalName(principal: Principal): string {
  return principal.kind === "role" ? principal.roleArn : principal.service;
}

/**
 * What is known of one condition key of a request. A key that is not in the context at all is unknown; one that
 * AWS is known not to send is `absent`.
 */
export type KeyFact =
  | { readonly kind: "absent" }
  | { readonly kind: "one"; readonly value: string }
  | { readonly kind: "many"; readonly values: readonly string[] };

/** Condition keys by their lower-case name: AWS does not distinguish case in the names of keys. */
export type RequestContext = ReadonlyMap<string, KeyFact>;

export const absent: KeyFact = { kind: "absent" };

export function one(value: string): KeyFact {
  return { kind: "one", value };
}

export function oneOrAbsent(value: string | undefined): KeyFact {
  return value === undefined ? absent : one(value);
}

/** A multi-valued key. Empty texts count as no value, and no values as no key (IAM, condition set operators). */
export function many(values: readonly string[]): KeyFact {
  const present = [...new Set(values)].filter((value) => value !== "");
  return present.length === 0 ? absent : { kind: "many", values: present };
}

const principalTag = "aws:principaltag/";
const encryptionContext = "kms:encryptioncontext:";

/**
 * The context lists the tags that a principal has, and what a call to KMS names as encryption context, so any
 * other of these is known to be absent, but for tags of somebody who may have any.
 */
export function lookUp(context: RequestContext, key: string): KeyFact | undefined {
  const listed = (isTag(key) && !context.has(anyTag)) || key.startsWith(encryptionContext);
  return context.get(key) ?? (listed ? absent : undefined);
}

/** Whether a key (lower-case) holds a tag of the principal. */
export function isTag(key: string): boolean {
  return key.startsWith(principalTag);
}

/** Stands in a context for the tags of somebody who tags himself: each may have any value, and so is unknown. */
export const anyTag = `${principalTag}*`;

/** Context key that holds one member of the encryption context. */
export function encryptionContextKey(name: string): string {
  return encryptionContext + name.toLowerCase();
}

/** Context key of a principal's tag. */
export function principalTagKey(tag: string): string {
  return principalTag + tag.toLowerCase();
}

/** Facts of a request that AWS does not document: one of the alternatives holds, and nobody can say which. */
export interface OpenFact {
  /** Names the open question in a verdict. */
  readonly subject: string;
  readonly alternatives: readonly RequestContext[];
}

/** Everything a request says about itself: what is known, and what is open. */
export interface Circumstances {
  readonly known: RequestContext;
  readonly open: readonly OpenFact[];
}

export function settled(known: RequestContext): Circumstances {
  return { known, open: [] };
}

/** The open facts about which the policies ask at all. */
export function relevantFacts(
  circumstances: Circumstances,
  mentions: (key: string) => boolean,
): readonly OpenFact[] {
  return circumstances.open.filter((fact) =>
    fact.alternatives.some((keys) => [...keys.keys()].some(mentions)),
  );
}

/** Every context the request may have, given these open facts. At least one. */
export function everyContext(known: RequestContext, facts: readonly OpenFact[]): readonly RequestContext[] {
  return facts.reduce<readonly RequestContext[]>(
    (contexts, fact) =>
      contexts.flatMap((context) =>
        fact.alternatives.map((keys) => new Map<string, KeyFact>([...context, ...keys])),
      ),
    [known],
  );
}
