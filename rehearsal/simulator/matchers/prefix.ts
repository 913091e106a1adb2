import { startsWith, parseAffix, type Side } from "./affix.js";
import { endsAfter, spellingsOf } from "./fold-case.js";
import type { OperatorParser } from "./matcher.js";

/** `{ "prefix": "ord" }` and `{ "prefix": { "equals-ignore-case": "ord" } }` */
export const parsePrefix: OperatorParser = (argument, report) => parseAffix(start, argument, report);

const start: Side = {
  operator: "prefix",
  verb: "starting",
  holds: startsWith,
  ignoringCase: (text) => {
    const spellings = spellingsOf(text);
    return (found) => endsAfter(spellings, `${found}"`, 0).length > 0;
  },
  pieces: (text) => [text, ""],
  extend: (text) => `${text}x`,
};
