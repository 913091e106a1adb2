import type { ProviderPlace } from "../arns.js";
import { accessKinds } from "./access.js";
import { deliveryKinds } from "./delivery.js";
import { functionKinds } from "./functions.js";
import type { Belonging, Inputs, Kind } from "./kind.js";
import { operatingKinds } from "./operating.js";
import { queueKinds } from "./queues.js";

/**
 * Every kind of resource that the program may emit, by the list that its stack keeps them on: what AWS answers when one is
 * made, what of it is read, and what it belongs to. A further kind is a further row.
 */
const rows = { ...deliveryKinds, ...queueKinds, ...functionKinds, ...accessKinds, ...operatingKinds };

export type List = keyof typeof rows;
type PartOf<Row> = Row extends Kind<infer Part> ? Part : never;
export type PartOn<Of extends List> = PartOf<(typeof rows)[Of]>;

/** Lists of what belongs to something on another list. */
export type AttachedList = { [Of in List]: (typeof rows)[Of] extends Belonging<string> ? Of : never }[List];
type OwnerList = (typeof rows)[AttachedList]["owner"];

export const kinds: { readonly [Of in List]: Kind<PartOn<Of>> } = rows;
export const belongings: Readonly<Record<AttachedList, Belonging<OwnerList>>> = rows;

const isList = (name: string): name is List => name in rows;
const isAttached = (list: List): list is AttachedList => "owner" in rows[list];
export const lists: readonly List[] = Object.keys(rows).filter(isList);
export const attachedLists: readonly AttachedList[] = lists.filter(isAttached);

const listOf = new Map(lists.map((list) => [kinds[list].type, list]));

/** The list of a type of resource; undefined if the rehearsal does not know it. */
export function listOfType(type: string): List | undefined {
  return listOf.get(type);
}

/** What AWS answers when a resource is made. @throws Error naming the type if the rehearsal does not know it */
export function answerOf(type: string, inputs: Inputs, place: ProviderPlace): Inputs {
  const list = listOf.get(type);
  if (list !== undefined) return kinds[list].answers(inputs, place);
  throw new Error(
    `the rehearsal does not know what AWS answers for ${type}; give it a row in rehearsal/emission/kinds`,
  );
}
