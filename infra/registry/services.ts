import { isAwsEvents, readAwsEvents } from "./aws-events/read.js";
import { readContracts } from "./contracts.js";
import { Documents } from "./detail/documents.js";
import * as entries from "./entries.js";
import { checkEnvironmentNames } from "./environments.js";
import { type PathSegments, suggest } from "./problem.js";
import { isRecord, type ProblemList, readEntry } from "./read.js";
import type { ServiceContext, ServiceDraft } from "./service-draft.js";
import { checkFormer, checkSource, checkUnique, proposeSource, type SourceContext } from "./sources.js";

export function readServices(
  problems: ProblemList,
  section: Readonly<Record<string, unknown>>,
  known: Omit<ServiceContext, "documents">,
): ServiceDraft[] {
  const context: ServiceContext = { ...known, documents: new Documents() };
  const sources = new Map(Object.entries(section).flatMap(([name, value]) => writtenSource(name, value)));
  const services = Object.entries(section).map(([name, value]): ServiceDraft => {
    if (isAwsEvents(value)) return readAwsEvents(problems, name, value, context);
    const path = ["services", name];
    const { partial } = readEntry(problems, entries.service, value, path);
    const account = checkAccount(problems, partial.account, [...path, "account"], context);
    const others = [...sources].filter(([other]) => other !== name).map(([, source]) => source);
    const ofSource: SourceContext = {
      ...context,
      propose: (source) => proposeSource(source, name, others),
    };
    const source = checkSource(problems, partial.source, [...path, "source"], ofSource);
    const also = [...path, "alsoSources"];
    const former = (partial.alsoSources ?? []).map((one, index) =>
      checkSource(problems, one, [...also, index], ofSource),
    );
    return {
      name,
      calledName: partial.name,
      account,
      alsoFrom: checkFormerAccount(problems, partial.alsoFrom, account, [...path, "alsoFrom"], context),
      source,
      alsoSources: checkFormer(problems, source, former, also),
      environments: checkEnvironmentNames(problems, partial.environments, path, context.environmentNames),
      owner: partial.owner,
      detailTypes: partial.contracts === undefined ? undefined : Object.keys(partial.contracts),
      contracts: readContracts(problems, partial.contracts ?? {}, path, {
        documents: context.documents,
        source,
        isAws: false,
        checkSource: (own, at) => checkSource(problems, own, at, ofSource),
      }),
    };
  });
  checkUnique(problems, services, context.environments);
  return services;
}

function checkFormerAccount(
  problems: ProblemList,
  former: string | undefined,
  account: string | undefined,
  path: PathSegments,
  context: ServiceContext,
): string | undefined {
  const known = checkAccount(problems, former, path, context);
  if (known === undefined || known !== account) return known;
  problems.add(
    path,
    `"${known}" is the account of the service already; remove it, or name the one it comes from`,
  );
  return undefined;
}

function checkAccount(
  problems: ProblemList,
  account: string | undefined,
  path: PathSegments,
  { accountNames, backbone }: ServiceContext,
): string | undefined {
  if (account === undefined || accountNames === undefined) return undefined;
  if (!accountNames.includes(account)) {
    const members = problems.proposable(["accounts"], accountNames).filter((name) => name !== backbone);
    const mend = suggest(account, members, "add it to config/accounts.ts");
    problems.add(path, `no account is named "${account}"; ${mend}`);
    return undefined;
  }
  if (account === backbone) {
    problems.add(
      path,
      `"${account}" owns the global bus and hosts no service; give the service an account of its own`,
    );
    return undefined;
  }
  return account;
}

/** Of a service as it is written, whatever else is wrong with it. */
function writtenSource(name: string, service: unknown): (readonly [string, string])[] {
  return isRecord(service) && typeof service.source === "string" ? [[name, service.source]] : [];
}
