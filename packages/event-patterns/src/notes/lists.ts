import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  isJsonScalar,
  type JsonScalar,
  jsonText,
  type JsonValue,
  membersOf,
} from "../json.js";
import { allowsAbsence } from "../operators/exists.js";
import type { Matcher } from "../operators/matcher.js";
import { unheld } from "../operators/numeric.js";
import type { PatternNote } from "../pattern.js";
import { asksForNumbers } from "../pattern.js";
import { notesOnText, type TextUse } from "./texts.js";

/** One item of the list of a field, as written and as read. */
export interface ListItem {
  readonly written: JsonValue;
  readonly matcher: Matcher;
}

/** What about the list of one field can hardly be meant: about each item, and about all of them together. */
export function notesOnList(items: readonly ListItem[], path: string): readonly PatternNote[] {
  return [
    ...items.flatMap(({ written }, index) => notesOnItem(written, `${path}[${index}]`)),
    ...notesOnQuotedNumbers(items, path),
    ...notesOnAlternatives(items, path),
  ];
}

const plain: TextUse = { operator: "exactly", isExcluded: false };

function notesOnItem(item: JsonValue, path: string): readonly PatternNote[] {
  if (typeof item === "string") return notesOnText(item, plain, path);
  if (item instanceof ExactNumber) return notesOnNumber(item, path);
  const [operator, argument] = operatorOf(item) ?? [];
  if (operator === undefined || argument === undefined) return [];
  if (operator === "wildcard") return notesOnWildcard(argument, `${path}.wildcard`);
  if (operator === "anything-but") return notesOnExcluded(argument, `${path}.anything-but`);
  return notesOnArgument(operator, argument, false, `${path}.${operator}`);
}

function operatorOf(item: JsonValue): readonly [string, JsonValue] | undefined {
  return isJsonObject(item) ? membersOf(item)[0] : undefined;
}

/** EventBridge reads the decimals of an event as doubles before it matches them. */
function notesOnNumber(number: ExactNumber, path: string): readonly PatternNote[] {
  if (!number.isDecimal) return [];
  const note = `never matches: EventBridge reads decimals as doubles, and none holds ${number.text}`;
  return [{ path, note, mend: unheld(number).mend }];
}

function notesOnWildcard(text: JsonValue, path: string): readonly PatternNote[] {
  if (typeof text !== "string" || text.replace(/\\[*\\]/g, "").includes("*")) return [];
  const value = JSON.stringify(text.replace(/\\([*\\])/g, "$1"));
  const note = "a wildcard without * is a plain text, but counts towards the quota of rules with wildcards";
  return [{ path, note, mend: `write ${value}` }];
}

function notesOnArgument(
  operator: string,
  argument: JsonValue,
  isExcluded: boolean,
  path: string,
): readonly PatternNote[] {
  const texts = isJsonArray(argument) ? argument : [argument];
  if (
    operator === "exactly" ||
    operator === "prefix" ||
    operator === "suffix" ||
    operator === "equals-ignore-case"
  ) {
    return texts.flatMap((text, index) => {
      const at = isJsonArray(argument) ? `${path}[${index}]` : path;
      const others = isExcluded ? texts.filter((other) => other !== text) : [];
      const beside = others.map((other) => (operator === "exactly" ? other : { [operator]: other }));
      return typeof text === "string" ? notesOnText(text, { operator, isExcluded, beside }, at) : [];
    });
  }
  return [];
}

function notesOnExcluded(argument: JsonValue, path: string): readonly PatternNote[] {
  const [operator, texts] = operatorOf(argument) ?? [];
  if (operator === undefined || texts === undefined) return notesOnArgument("exactly", argument, true, path);
  return notesOnArgument(operator, texts, true, `${path}.${operator}`);
}

/** A number in quotes is a text, and never within a range. */
function notesOnQuotedNumbers(items: readonly ListItem[], path: string): readonly PatternNote[] {
  if (!items.some(({ matcher }) => matcher.operator === "numeric")) return [];
  return items.flatMap(({ written }, index) => {
    if (typeof written !== "string" || !/^-?\d+(?:\.\d+)?$/.test(written)) return [];
    const note = `beside numeric stands ${JSON.stringify(written)} in quotes, which matches text only`;
    return [{ path: `${path}[${index}]`, note, mend: `for the number write ${written}` }];
  });
}

/** Any one item of a list is enough, so what lets nearly everything through leaves little to the others. */
function notesOnAlternatives(items: readonly ListItem[], path: string): readonly PatternNote[] {
  const present = items.filter(({ matcher }) => !allowsAbsence(matcher));
  const absence = present.length < items.length;
  if (items.some(({ written }) => jsonText(written) === '{"exists":true}')) {
    if (absence)
      return [{ path, note: "always holds: exists is both true and false", mend: "leave the field out" }];
    if (present.length === 1) return [];
    return [{ path, note: 'beside {"exists": true} the other items decide nothing: any one is enough' }];
  }
  const excluding = present.filter(({ matcher }) => matcher.operator === "anything-but");
  const [first] = excluding;
  if (first === undefined || present.length === 1) return [];
  if (excluding.some((item) => isMadeUpFor(item, present))) {
    const effect = absence ? "always holds" : "lets every value through";
    const note = `${effect}: any one item of a list is enough, and what one excludes another lets in`;
    return [{ path, note, ...mendExclusions(excluding) }];
  }
  if (excluding.length > 1) {
    const note = "any one item of a list is enough, so only what every anything-but excludes is kept out";
    return [{ path, note, ...mendExclusions(excluding) }];
  }
  // An item that asks for numbers decides at least how a block of addresses beside it reads them.
  const hasBlock = present.some(({ matcher }) => matcher.operator === "cidr");
  return present.flatMap((item) => {
    const decides = !addsNothing(item, first) || (hasBlock && asksForNumbers(item.matcher));
    if (item === first || decides) return [];
    const at = `${path}[${items.indexOf(item)}]`;
    return [{ path: at, note: "decides nothing: the anything-but beside it lets it through already" }];
  });
}

/** Whether everything an anything-but excludes is certain to be let in by another item. */
function isMadeUpFor(item: ListItem, items: readonly ListItem[]): boolean {
  const others = items.filter((other) => other !== item);
  const values = excludedValues(item);
  if (values !== undefined)
    return values.every((value) => others.some(({ matcher }) => certainlyLetsIn(matcher, value)));
  const affixes = excludedAffixes(item);
  if (affixes === undefined) return false;
  return others.some((other) => {
    const further = excludedAffixes(other);
    if (further?.side !== affixes.side) return false;
    // No text has two starts, or two ends, unless one of them lies in the other.
    const meet = (one: string, another: string): boolean =>
      affixes.side === "prefix"
        ? one.startsWith(another) || another.startsWith(one)
        : one.endsWith(another) || another.endsWith(one);
    return affixes.texts.every((text) => !further.texts.some((another) => meet(text, another)));
  });
}

/** A block of addresses may let a number in by its digits, but not beside every other item. */
function certainlyLetsIn(matcher: Matcher, value: JsonScalar): boolean {
  return matcher.matches(value) && (matcher.operator !== "cidr" || typeof value === "string");
}

/** Whether an item is certain to let in no more than an anything-but does. */
function addsNothing({ written, matcher }: ListItem, excluding: ListItem): boolean {
  if (isJsonScalar(written)) return excluding.matcher.matches(written);
  const values = excludedValues(excluding);
  if (values !== undefined) return !values.some((value) => matcher.matches(value));
  return matcher.operator === "numeric";
}

function excludedValues({ written }: ListItem): readonly JsonScalar[] | undefined {
  const [operator, argument] = operatorOf(written) ?? [];
  if (operator !== "anything-but" || argument === undefined || isJsonObject(argument)) return undefined;
  return (isJsonArray(argument) ? argument : [argument]).filter(isJsonScalar);
}

interface Affixes {
  readonly side: "prefix" | "suffix";
  readonly texts: readonly string[];
}

function excludedAffixes({ written }: ListItem): Affixes | undefined {
  const [, excluded = null] = operatorOf(written) ?? [];
  const [side, argument = null] = operatorOf(excluded) ?? [];
  if (side !== "prefix" && side !== "suffix") return undefined;
  const texts = (isJsonArray(argument) ? argument : [argument]).filter((text) => typeof text === "string");
  return { side, texts };
}

/** Several anything-but of one kind as one, which excludes what any of them does. */
function mendExclusions(items: readonly ListItem[]): { readonly mend?: string } {
  const values = items.map(excludedValues);
  const all = [...new Set(values.flatMap((some) => some ?? []))];
  if (items.length < 2) return {};
  if (values.every((some) => some !== undefined) && new Set(all.map((value) => typeof value)).size === 1) {
    return { mend: `to exclude all of them write ${jsonText({ "anything-but": all })}` };
  }
  const affixes = items.map(excludedAffixes);
  const [first] = affixes;
  if (first === undefined || !affixes.every((some) => some?.side === first.side)) return {};
  const texts = [...new Set(affixes.flatMap((some) => some?.texts ?? []))];
  return { mend: `to exclude all of them write ${jsonText({ "anything-but": { [first.side]: texts } })}` };
}
