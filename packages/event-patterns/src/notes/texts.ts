import { isJsonObject, type JsonValue, membersOf } from "../json.js";
import { excludeEach } from "../operators/anything-but.js";
import { operatorKeywords } from "../operators/matcher.js";
import { parsePattern } from "../parse.js";
import type { PatternNote } from "../pattern.js";
import { readJson } from "../read-json.js";

/** How a text is matched; `anything-but prefix` is `{ "anything-but": { "prefix": ... } }`. */
export interface TextUse {
  readonly operator: "exactly" | "prefix" | "suffix" | "equals-ignore-case";
  readonly isExcluded: boolean;
  /** What the same anything-but excludes besides. */
  readonly beside?: readonly JsonValue[];
}

/** What about a text is taken as it stands, but was hardly written to be. */
export function notesOnText(text: string, use: TextUse, path: string): readonly PatternNote[] {
  const findings = [findMatcher, findExpression, findStar, findWhiteSpace];
  for (const find of findings) {
    const found = find(text, use);
    if (found !== undefined) return [{ path, ...found }];
  }
  return [];
}

type Finding = Omit<PatternNote, "path"> | undefined;

function findMatcher(text: string, { operator, isExcluded }: TextUse): Finding {
  if (operator !== "exactly" || !text.trimStart().startsWith("{")) return undefined;
  const reading = readJson(text);
  if (!reading.ok || !isMatcher(reading.value)) return undefined;
  return {
    note: "this is an operator in quotes, and so a plain text",
    ...(isExcluded || !parsePattern({ field: [reading.value] }).ok
      ? {}
      : { mend: `write ${text.trim()} without the quotes around it` }),
  };
}

function isMatcher(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const [first, ...more] = membersOf(value);
  return more.length === 0 && first !== undefined && operatorKeywords.some((keyword) => keyword === first[0]);
}

/** Texts that are regular expressions rather than names with dots and stars. */
function findExpression(text: string, use: TextUse): Finding {
  const isExpression = /^\^.|(?:^|[^\p{L}\p{N}])\.[*+]|\\[dws][*+{]|\[(?:a-z|A-Z|0-9)/u.test(text);
  if (!isExpression) return undefined;
  const note = "there are no regular expressions in patterns: every character is taken as it stands";
  const mend = mendExpression(text, use);
  return mend === undefined ? { note } : { note, mend };
}

function mendExpression(text: string, use: TextUse): string | undefined {
  const isStart = text.startsWith("^");
  const isEnd = text.endsWith("$");
  const inner = text.slice(isStart ? 1 : 0, isEnd ? -1 : undefined);
  // Who writes .* thinks of the whole text; who does not, of a part of it.
  const isWhole = inner.includes(".*");
  const glob = inner.replace(/\.\*/g, "*").replace(/\\([./-])/g, "$1");
  if (/[\\^$+?()[\]{}|]/.test(glob)) return "use prefix, suffix or wildcard";
  const open = (isClosed: boolean): string => (isClosed || isWhole ? "" : "*");
  return mendGlob(`${open(isStart)}${glob}${open(isEnd)}`, { ...use, operator: "exactly" });
}

function findStar(text: string, use: TextUse): Finding {
  if (!text.includes("*")) return undefined;
  const note = `${use.operator === "exactly" ? "a plain text" : use.operator} takes the * as it stands`;
  const glob = `${use.operator === "suffix" ? "*" : ""}${text}${use.operator === "prefix" ? "*" : ""}`;
  const mend = mendGlob(glob, use);
  return mend === undefined ? { note } : { note, mend };
}

/** The operator that says what a text with stars says. */
function mendGlob(text: string, { operator, isExcluded, beside = [] }: TextUse): string | undefined {
  const glob = text.replace(/\*{2,}/g, "*");
  if (glob === "*") return isExcluded ? undefined : 'for any value write {"exists": true}';
  const [start = "", end, more] = glob.split("*");
  const inCase = (affix: string): JsonValue =>
    operator === "equals-ignore-case" ? { "equals-ignore-case": affix } : affix;
  const pattern = (): JsonValue | undefined => {
    if (end === undefined) return undefined;
    if (more === undefined && end === "") return { prefix: inCase(start) };
    if (more === undefined && start === "") return { suffix: inCase(end) };
    return operator === "equals-ignore-case" ? undefined : { wildcard: glob.replaceAll("\\", "\\\\") };
  };
  const written = end === undefined ? glob : pattern();
  if (written === undefined || (isExcluded && operator === "equals-ignore-case")) return undefined;
  if (beside.length > 0) {
    const all = excludeEach([written, ...beside]);
    return all === undefined ? undefined : `for a pattern write ${all}`;
  }
  return `for a pattern write ${JSON.stringify(isExcluded ? { "anything-but": written } : written)}`;
}

function findWhiteSpace(text: string, { operator }: TextUse): Finding {
  const trimmed = text.trim();
  if (trimmed === text || trimmed === "" || operator === "prefix" || operator === "suffix") return undefined;
  return {
    note: "begins or ends with white space, which an event must have as well",
    mend: `without it: ${JSON.stringify(trimmed)}`,
  };
}
