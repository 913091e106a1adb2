import type { PatternPart } from "./pattern.js";
import { fieldsOf } from "./pattern.js";

/**
 * Puts parts together as the engine does: it writes the fields of each alternative into a map by name, in
 * the order of the text, so that a later field replaces an earlier one of the same name. The result says
 * the same without a repeated name in what can hold together, and without writing out the alternatives.
 */
export function combine(parts: readonly PatternPart[]): readonly PatternPart[] {
  let combined: readonly PatternPart[] = [];
  for (const part of parts) {
    const names = namesIn([part]);
    if (part.kind === "field") {
      combined = [...without(combined, names), part];
      continue;
    }
    // What a branch may replace moves into every branch, before the branch's own parts.
    const clashing = combined.filter((earlier) => [...namesIn([earlier])].some((name) => names.has(name)));
    const branches = part.branches.map((branch) => combine([...clashing, ...branch]));
    combined = [...combined.filter((earlier) => !clashing.includes(earlier)), { ...part, branches }];
  }
  return combined;
}

function namesIn(parts: readonly PatternPart[]): ReadonlySet<string> {
  return new Set(fieldsOf(parts).map(({ name }) => name));
}

function without(parts: readonly PatternPart[], names: ReadonlySet<string>): readonly PatternPart[] {
  if (![...namesIn(parts)].some((name) => names.has(name))) return parts;
  return parts.flatMap((part): readonly PatternPart[] => {
    if (part.kind === "field") return names.has(part.name) ? [] : [part];
    return [{ ...part, branches: part.branches.map((branch) => without(branch, names)) }];
  });
}
