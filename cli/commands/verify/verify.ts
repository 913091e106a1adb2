import { Option } from "commander";
import { type Environment, RegistryError, suggest } from "../../../infra/registry/index.js";
import { TopologyError } from "../../../infra/topology/index.js";
import { assumptions } from "../../../rehearsal/assumptions.js";
import type { Cause } from "../../../rehearsal/causes.js";
import type { ProofCheck } from "../../../rehearsal/claim.js";
import { type Opening, openStage } from "../../../rehearsal/stage.js";
import { claimsOf, type Verification, verifyOpened } from "../../../rehearsal/verify.js";
import { CallError } from "../../errors.js";
import { emittedPlan } from "../../project/evaluate.js";
import { Progress } from "../../terminal/progress.js";
import { defineCommand, type SharedOptions } from "../command.js";
import { kindOf, renderAssumptions, renderClaims, renderVerification } from "./report.js";

interface VerifyOptions extends SharedOptions {
  readonly list?: boolean;
  readonly only?: readonly string[];
  readonly assumptions?: boolean;
}

export const verifyCommand = defineCommand<VerifyOptions>({
  name: "verify",
  description: "prove from the emitted resources who receives what, and who cannot",
  options: [
    new Option("--list", "list the claims with their ids, and test none"),
    new Option(
      "--only <id...>",
      "test these claims alone: an id, or what ids begin with, such as delivery or delivery:orders",
    ),
    new Option("--assumptions", "list what is assumed of AWS and not proven"),
  ],
  takes: ["plan", "cache"],
  json: "{ ok, environment?, checks: [{ id, title, ok, cases }], failures: [{ id, cause, expected?, found?, mend, contract?, example?, account?, step, evidence, follows: [{ id, cause, contract?, account? }] }], notes }; with --list { environment, claims: [{ id, title }] }; with --assumptions { assumptions: [{ id, title, text }] }",
  answerTo: (error, environment) => {
    const failures = failuresOf(error);
    return failures.length === 0
      ? undefined
      : { ok: false, environment: environment?.name, checks: [], failures, notes: [] };
  },
  run: async ({ options, project, answer }) => {
    if (options.assumptions === true) {
      await answer({ json: () => ({ assumptions }), text: () => renderAssumptions(assumptions) });
      return true;
    }
    const { registry, environment, ...rest } = await project();
    const plan = await emittedPlan({ registry, environment, ...rest }, options);
    const opened = openStage(registry, environment, plan);
    const chosen = opened.ok ? chosenClaims(claimsOf(opened.stage), options.only) : [];
    if (opened.ok && options.list === true) {
      const claims = chosen.map(({ id, title }) => ({ id, title }));
      await answer({
        json: () => ({ environment: environment.name, claims }),
        text: () => renderClaims(claims),
      });
      return true;
    }
    const verification = prove(opened, environment, chosen);
    await answer({ json: () => verification, text: () => renderVerification(verification) });
    return verification.ok;
  },
});

/** @param claims default: all */
export function prove(
  opened: Opening,
  environment: Environment,
  claims?: readonly ProofCheck[],
): Verification {
  const progress = new Progress("checks done");
  const report = (done: number, total: number): void => {
    progress.report(done, total);
  };
  const verification = verifyOpened(opened, environment, report, claims);
  progress.end();
  return verification;
}

/**
 * Claims by their ids, or by whole parts that ids begin with; in the order in which they are tested.
 * @throws CallError naming what may be meant by an id that no claim has
 */
function chosenClaims(claims: readonly ProofCheck[], wanted: readonly string[] = []): readonly ProofCheck[] {
  const known = [...new Set([...claims.map(kindOf), ...claims.map(({ id }) => id)])];
  for (const id of wanted) {
    if (claims.some((claim) => beginsWith(claim.id, id))) continue;
    throw new CallError(`--only: no claim is named "${id}"; ${suggest(id, known, "see verify --list,")}`);
  }
  return wanted.length === 0
    ? claims
    : claims.filter((claim) => wanted.some((id) => beginsWith(claim.id, id)));
}

function beginsWith(id: string, wanted: string): boolean {
  return id === wanted || [":", "/"].some((end) => id.startsWith(`${wanted.replace(/[:/]$/u, "")}${end}`));
}

function failuresOf(error: unknown): Cause[] {
  const common = { id: "registry", evidence: [], follows: [] };
  if (error instanceof RegistryError) {
    const step = "read the registry";
    const mend = "correct the registry where the path points";
    const expected = "a registry without a mistake";
    return error.problems
      .map(({ path, message }) => `${path}: ${message}`)
      .map((cause) => ({ ...common, cause, expected, found: cause, mend, step }));
  }
  if (error instanceof TopologyError) {
    const step = "plan the topology within the quotas";
    const mend = "need less of the quota, or have it raised where AWS can";
    const expected = "a topology within the quotas";
    return error.problems.map((cause) => ({ ...common, cause, expected, found: cause, mend, step }));
  }
  return [];
}
