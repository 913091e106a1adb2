import type { ProofFailure } from "./claim.js";
import { type RecordedResource, type RecordedStack } from "./emission/plan-file.js";
import { arnIn, identityOf, type Inputs, type Kind, nameOf } from "./kinds.js";
import type { Stage } from "./stage.js";

/** Something that the registry needs in an account: a forward, an archive, an event log. */
export interface Need {
  /** Whose stack emits it. */
  readonly account: string;
  /** As people call it: "the archive of orders". */
  readonly what: string;
  readonly claims: readonly Claim[];
}

/** One resource that a need is made of. What stands here comes from the registry, and never from what is emitted. */
export interface Claim extends ClaimSettings {
  readonly kind: Kind;
  /** Values of the inputs that say which one it is. */
  readonly id: readonly string[];
}

export interface ClaimSettings {
  /** There is one or more: the rules of a forward, with a dot and a number behind the name. */
  readonly numbered?: true;
  /** What its inputs say, by path; undefined where they say nothing. */
  readonly has?: Readonly<Record<string, Inputs[string] | undefined>>;
  /** Whether it is protected; default: no. */
  readonly protect?: boolean;
  /** What must be there before it. */
  readonly after?: readonly Claim[];
}

/** @param id values of the inputs that say which one it is */
export function claim<Key extends string>(
  kind: Kind<Key>,
  id: Readonly<Record<Key, string>>,
  settings: ClaimSettings = {},
): Claim {
  return { kind, id: identityOf(kind, id), ...settings };
}

/** A resource beside the claim on it. */
export interface Claimed {
  readonly stack: RecordedStack;
  readonly resource: RecordedResource;
  readonly claim: Claim;
}

/** The same for all that are one thing to AWS. */
export function keyOf({ type, by }: Kind, id: readonly string[]): string {
  return [type, ...Object.keys(by), ...id].join("\n");
}

/** As people call an emitted resource; of what an account has once, whose it is. */
export function nameIn({ account }: RecordedStack, kind: Kind, id: readonly string[]): string {
  return id.length === 0 ? `${kind.called} of ${account}` : nameOf(kind, id);
}

/** ARN of what is claimed, or of what that belongs to, as the registry has it. */
export function arnOfClaim(stage: Stage, stack: RecordedStack, { kind, id }: Claim): string {
  const inputs = Object.fromEntries(Object.keys(kind.by).map((input, index) => [input, id[index] ?? ""]));
  return arnOfResource(stage, stack, kind, inputs);
}

/** ARN of an emitted resource, or of what it belongs to. */
export function arnOfResource(stage: Stage, stack: RecordedStack, kind: Kind, inputs: Inputs): string {
  const { path } = stage.environment.roles ?? {};
  return arnIn(kind, stack, { ...(path === undefined ? {} : { path }), ...inputs });
}

/** Where the inventory fails. */
export const step: ProofFailure["step"] = "read the emitted resources";
