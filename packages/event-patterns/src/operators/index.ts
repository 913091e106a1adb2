import { parsePrefix, parseSuffix } from "./affix.js";
import { parseAnythingBut } from "./anything-but.js";
import { parseCidr } from "./cidr.js";
import { parseExactly } from "./exactly.js";
import { parseExists } from "./exists.js";
import { parseEqualsIgnoreCase } from "./ignore-case.js";
import type { OperatorKeyword, OperatorParser } from "./matcher.js";
import { parseNumeric } from "./numeric.js";
import { parseWildcard } from "./wildcard.js";

const parsers: Readonly<Record<OperatorKeyword, OperatorParser>> = {
  "anything-but": parseAnythingBut,
  cidr: parseCidr,
  "equals-ignore-case": parseEqualsIgnoreCase,
  exactly: parseExactly,
  exists: parseExists,
  numeric: parseNumeric,
  prefix: parsePrefix,
  suffix: parseSuffix,
  wildcard: parseWildcard,
};

const table = new Map<string, OperatorParser>(Object.entries(parsers));

/** The parser of an operator's argument; undefined if the language has no such operator. */
export function findOperator(keyword: string): OperatorParser | undefined {
  return table.get(keyword);
}
