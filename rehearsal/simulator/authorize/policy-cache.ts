import { readPolicy, type PolicyReading } from "./policy-document.js";

// Callers bring their identity policies as text with every call, and there are few different ones. The cap only
// keeps a long-lived process from growing; a rehearsal stays far below it.
const most = 10_000;
const readings = new Map<string, PolicyReading>();

/** Reads an identity policy, once for each text. */
export function readIdentityPolicy(text: string): PolicyReading {
  const known = readings.get(text);
  if (known !== undefined) return known;
  if (readings.size >= most) readings.clear();
  const reading = readPolicy(text, { kind: "identity" });
  readings.set(text, reading);
  return reading;
}
