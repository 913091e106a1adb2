import type { EnvironmentDraft } from "./environments.js";
import { listed } from "./problem.js";
import type { ProblemList } from "./read.js";
import type { ServiceDraft } from "./service-draft.js";
import { writtenSources } from "./sources.js";

/**
 * What contracts with personal data ask of the rest: names that can stand in the line which an event log has of them,
 * and no log of a bus's own work that holds details.
 */
export function checkSensitive(
  problems: ProblemList,
  services: readonly ServiceDraft[],
  environments: readonly EnvironmentDraft[],
): void {
  for (const service of services) checkLineTexts(problems, service);
  for (const environment of environments) checkDetails(problems, services, environment);
}

/**
 * EventBridge puts texts of an event into the line as they are ("doesn't escape values extracted by Input Path"), between
 * quotes; whether it looks for variables in them is not said. A line that breaks is no line, and its event a dead letter.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
const breaksLine = /["\\<>\p{Cc}]/u;

function checkLineTexts(problems: ProblemList, service: ServiceDraft): void {
  const { name, contracts } = service;
  for (const { detailType, sensitive, source: own } of contracts) {
    if (sensitive !== true) continue;
    const path = ["services", name, "contracts", detailType, "sensitive"];
    const sources = writtenSources(service, own).map((text) => ["source", text] as const);
    const texts = [["detail-type", detailType] as const, ...sources];
    for (const [what, text] of texts) {
      if (!breaksLine.test(text)) continue;
      problems.add(
        path,
        `the ${what} ${JSON.stringify(text)} cannot stand in the log of a sensitive contract, where EventBridge escapes nothing; write it without ", \\, <, > and control characters, or leave sensitive out`,
      );
    }
  }
}

function checkDetails(
  problems: ProblemList,
  services: readonly ServiceDraft[],
  { name: environment, accountIds, busLogging }: EnvironmentDraft,
): void {
  if (busLogging === undefined || !busLogging.includeDetail || busLogging.level === "OFF") return;
  const concerned = services
    .filter(({ account, alsoFrom, origin, environments }) => {
      const isNamed = environments?.includes(environment) ?? true;
      return (
        isNamed &&
        [account, alsoFrom, ...(origin?.accounts ?? [])].some(
          (one) => one !== undefined && accountIds?.has(one) === true,
        )
      );
    })
    .flatMap(({ name, contracts }) =>
      contracts.flatMap(({ detailType, sensitive }) => (sensitive === true ? [`${name}/${detailType}`] : [])),
    );
  if (concerned.length === 0) return;
  problems.add(
    ["environments", environment, "busLogging", "includeDetail"],
    `would log the details of what is sensitive (${listed(concerned)}); write false, or leave it out`,
  );
}
