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
 * other of these is known to be absent.
 */
export function lookUp(context: RequestContext, key: string): KeyFact | undefined {
  const listed = key.startsWith(principalTag) || key.startsWith(encryptionContext);
  return context.get(key) ?? (listed ? absent : undefined);
}

/** Context key that holds one member of the encryption context. */
export function encryptionContextKey(name: string): string {
  return encryptionContext + name.toLowerCase();
}

/** Context key of a principal's tag. */
export function principalTagKey(tag: string): string {
  return principalTag + tag.toLowerCase();
}
