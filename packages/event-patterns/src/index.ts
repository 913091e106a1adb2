/** EventBridge's event pattern language: read, match, explain, compare, find a witness. */
export { overlaps, sameEvents, takesEvery } from "./compare.js";
export { complexityOf } from "./complexity.js";
export { nearestEnvelopeField } from "./envelope.js";
export { describeMismatch, explainMismatch, type Mismatch } from "./explain.js";
export {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  isJsonScalar,
  type JsonObject,
  type JsonScalar,
  jsonText,
  type JsonValue,
  membersOf,
  RepeatedMembers,
} from "./json.js";
export { matchEvent } from "./match.js";
export { notesOn, notesOnKinds } from "./notes/index.js";
export { type Matcher } from "./operators/matcher.js";
export { type ParsedPattern, parsePattern } from "./parse.js";
export {
  type EventPattern,
  fieldsOf,
  type PatternField,
  type PatternNote,
  type PatternPart,
  type PatternProblem,
} from "./pattern.js";
export { type JsonReading, readEvent, readJson } from "./read-json.js";
export { RuleIndex } from "./rule-index.js";
export { readVectors, runVectors, type VectorReport } from "./vectors.js";
export { satisfyingEvent, violatingEvent } from "./witness.js";
