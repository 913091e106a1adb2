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

/** The context lists the tags that a principal has, so any other tag is known to be absent. */
export function lookUp(context: RequestContext, key: string): KeyFact | undefined {
  return context.get(key) ?? (key.startsWith(principalTag) ? absent : undefined);
}

/** Context key of a principal's tag. */
export function principalTagKey(tag: string): string {
  return principalTag + tag.toLowerCase();
}
