import type { ProblemList } from "./read.js";
import { select, type RouteDrafts } from "./routes.js";
import type { ServiceDraft } from "./services.js";

/**
 * Checks that the canary's contract exists and that some route carries it: one that goes nowhere shows nothing.
 * @returns the contract's key, if nothing is wrong with it
 */
export function readCanary(
  problems: ProblemList,
  wanted: string | undefined,
  services: readonly ServiceDraft[] | undefined,
  drafts: RouteDrafts | undefined,
): string | undefined {
  if (wanted === undefined || services === undefined) return undefined;
  const path = ["canary"];
  if (wanted.includes("*")) {
    problems.add(path, `"${wanted}" is a wildcard and nothing can publish it; name one contract`);
    return undefined;
  }
  const [contract] = select(problems, wanted, services, path)?.contracts ?? [];
  if (contract === undefined || drafts === undefined) return undefined;
  const { key } = contract;
  const isCarried = drafts.routes.some(({ contracts }) => contracts.includes(key));
  if (!isCarried && !drafts.mayBring(key)) {
    problems.add(
      path,
      `no route carries ${key}, so the canary would show nothing; add a route or name another`,
    );
    return undefined;
  }
  return key;
}
