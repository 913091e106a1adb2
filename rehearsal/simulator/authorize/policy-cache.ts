import type { PolicyHome } from "./policy-home.js";
import { readPolicy, type PolicyReading } from "./policy-document.js";

// The same policies are read again and again: callers bring theirs with every call, and a proof builds several
// worlds that differ in one thing. The cap only keeps a long-lived process from growing; a rehearsal of a few
// hundred members stays below it.
const most = 10_000;
const readings = new Map<string, PolicyReading>();

/** Reads a policy, once for each text and home. */
export function readPolicyOnce(text: string, home: PolicyHome): PolicyReading {
  const key = `${home.kind} ${home.kind === "bus" ? home.arn : ""} ${text}`;
  const known = readings.get(key);
  if (known !== undefined) return known;
  if (readings.size >= most) readings.clear();
  const reading = readPolicy(text, home);
  readings.set(key, reading);
  return reading;
}
