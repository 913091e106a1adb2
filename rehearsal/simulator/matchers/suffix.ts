import { endsWith, parseAffix, type Side } from "./affix.js";
import { startsBefore, spellingsOf } from "./fold-case.js";
import type { OperatorParser } from "./matcher.js";

/** `{ "suffix": ".png" }` and `{ "suffix": { "equals-ignore-case": ".png" } }` */
export const parseSuffix: OperatorParser = (argument, report) => parseAffix(end, argument, report);

const end: Side = {
  operator: "suffix",
  verb: "ending",
  holds: endsWith,
  ignoringCase: (text) => {
    const spellings = spellingsOf(text);
    return (found) => startsBefore(spellings, `"${found}`, found.length + 1).length > 0;
  },
  pieces: (text) => ["", text],
  extend: (text) => `x${text}`,
};
