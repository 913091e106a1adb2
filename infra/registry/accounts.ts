import * as entries from "./entries.js";
import { type Naming, readNames } from "./naming.js";
import { type ProblemList, readEntry } from "./read.js";

export interface AccountDrafts {
  /** Every name that was written, also of entries with mistakes: routes may name them. */
  readonly names: readonly string[];
  readonly backbone: string | undefined;
  readonly naming: Naming;
  readonly descriptions: ReadonlyMap<string, string>;
  /** Accounts that say that they are outside the organisation. */
  readonly outside: ReadonlySet<string>;
}

export function readAccounts(
  problems: ProblemList,
  section: Readonly<Record<string, unknown>>,
  environmentNames: readonly string[],
): AccountDrafts {
  const descriptions = new Map<string, string>();
  const outside = new Set<string>();
  const backbones: string[] = [];
  let unreadable = false;
  const written = new Map<string, string>();
  for (const [name, value] of Object.entries(section)) {
    const path = ["accounts", name];
    const { partial, isBad } = readEntry(problems, entries.account, value, path);
    if (partial.name !== undefined) written.set(name, partial.name);
    if (partial.backbone === true) backbones.push(name);
    if (partial.outsideOrganization === true) outside.add(name);
    if (partial.backbone === true && partial.outsideOrganization === true) {
      problems.add(
        [...path, "outsideOrganization"],
        "the account of the global bus is what the organisation is asked for; remove it, and let organizationId be the organisation that the account is in",
      );
    }
    unreadable ||= isBad("backbone");
    descriptions.set(name, partial.description ?? "");
  }
  const names = Object.keys(section);
  const naming = readNames(problems, "accounts", names, written);
  checkStackNames(problems, names, naming, environmentNames);
  const [backbone, second] = backbones;
  if (backbone === undefined && !unreadable) {
    problems.add(["accounts"], "no account owns the global bus; give one of them backbone: true");
  }
  if (second !== undefined) {
    problems.add(
      ["accounts", second, "backbone"],
      `"${String(backbone)}" is the backbone already and there is one global bus; remove backbone from one of the two`,
    );
  }
  return { names, naming, backbone, descriptions, outside };
}

/** `orders-eu-dev` must not be both `orders` in `eu-dev` and `orders-eu` in `dev`. */
function checkStackNames(
  problems: ProblemList,
  keys: readonly string[],
  { nameOf, keyOf, pathOf }: Naming,
  environmentNames: readonly string[],
): void {
  const names = keys.map(nameOf);
  for (const name of names) {
    const environment = environmentNames.find((candidate) => name.endsWith(`-${candidate}`));
    if (environment === undefined) continue;
    problems.add(
      pathOf(keyOf(name)),
      `a stack of this name would be taken for account "${name.slice(0, -environment.length - 1)}" in environment "${environment}"; rename the account so that it does not end in "-${environment}"`,
    );
  }
  for (const long of environmentNames) {
    for (const short of environmentNames.filter((name) => long.endsWith(`-${name}`))) {
      const between = long.slice(0, -short.length - 1);
      // An account that ends in an environment's name is reported as such already.
      if (environmentNames.includes(between)) continue;
      for (const name of names.filter((account) => names.includes(`${account}-${between}`))) {
        problems.add(
          pathOf(keyOf(`${name}-${between}`)),
          `stack "${name}-${long}" could be "${name}" in environment "${long}" or "${name}-${between}" in "${short}"; rename the account so that it does not end in "-${between}"`,
        );
      }
    }
  }
}
