import type { Contract } from "../infra/registry/index.js";

/**
 * What a detail has that its contract does not allow, or lacks. `detail.metadata` is of every contract and of none:
 * it is left out.
 * @returns one sentence for each breach: where, and what is wrong there
 */
export function breachesOf(contract: Contract, detail: Readonly<Record<string, unknown>>): string[] {
  const own = Object.fromEntries(Object.entries(detail).filter(([name]) => name !== "metadata"));
  const result = contract.detail.safeParse(own);
  if (result.success) return [];
  return result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`,
  );
}
