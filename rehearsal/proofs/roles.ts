import { outcomeOf, type ProofCheck, type ProofFailure, requireThat } from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import type { Stage } from "../stage.js";

/**
 * Every role has the path and the permissions boundary that the environment demands, and none that it does not. Where
 * it demands nothing and no role has any, there is nothing to claim.
 */
export function roleChecks(stage: Stage): ProofCheck[] {
  const accounts = [...stage.loaded.accounts.values()];
  const { roles: demanded } = stage.environment;
  const found = accounts.flatMap(({ roles }) => roles);
  const isSilent = found.every(
    ({ path, permissionsBoundary }) => path === "/" && permissionsBoundary === undefined,
  );
  if (demanded === undefined && isSilent) return [];
  const { path = "/", permissionsBoundary: boundary } = demanded ?? {};
  return accounts.map((account) => ({
    id: `roles:${account.name}`,
    title: `every role of ${account.name} has the path ${path} and ${boundary === undefined ? "no permissions boundary" : `the permissions boundary ${boundary}`}`,
    run: () =>
      outcomeOf(account.roles, (role) => [
        ...differs(account, role.arn, "path", role.path, path),
        ...differs(
          account,
          role.arn,
          "permissions boundary",
          role.permissionsBoundary,
          boundary === undefined ? undefined : boundaryArn(account, boundary),
        ),
      ]),
  }));
}

function boundaryArn({ id: accountId, region }: LoadedAccount, boundary: string): string {
  return arnOf.policy({ accountId, region }, boundary);
}

function differs(
  { name: account }: LoadedAccount,
  role: string,
  what: string,
  found: string | undefined,
  wanted: string | undefined,
): ProofFailure[] {
  return requireThat(found === wanted, {
    account,
    step: "roles",
    at: [role],
    expected: wanted ?? "none",
    found: found ?? "none",
    attempt: `role ${role} has ${found === undefined ? `no ${what}` : `the ${what} ${found}`}, and must have ${wanted ?? "none"}`,
    mend: `give every role the ${what} that roles of the environment says, and no other`,
  });
}
