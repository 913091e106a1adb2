/** EventBridge's event pattern language: read, match, explain, compare, synthesise. */
export { complexityOf } from "./complexity.js";
export { describeMismatch, explainMismatch, type Mismatch } from "./explain.js";
export { matchEvent } from "./match.js";
export { notesOnKinds } from "./kind-notes.js";
export { type PatternNote } from "./note.js";
export { notesOn } from "./notes.js";
export { parsePattern, type ParsedPattern } from "./parse.js";
export {
  fieldsOf,
  type EventPattern,
  type PatternField,
  type PatternOr,
  type PatternPart,
} from "./pattern.js";
export { overlaps } from "./overlap.js";
export { type PatternProblem } from "./problem.js";
export { sameEvents, type Comparison } from "./same-events.js";
export { satisfyingEvent, violatingEvent } from "./synthesise.js";
export { takesEvery } from "./takes-every.js";
export { type Matcher, type OperatorKeyword } from "../matchers/matcher.js";
export { readEvent, readJson, type JsonReading, type JsonValue } from "../json.js";
