import type { Service } from "../../../infra/registry/index.js";
import { titleOfOrigin } from "../../../rehearsal/local/senders.js";
import { notModelled } from "./api/views.js";
import type { Running, Taker } from "./running.js";

export interface BannerFacts {
  readonly url: string;
  /** Seconds since the command was called. */
  readonly seconds: number;
}

/** The services that the backbone stands for; the general variable would also divert a team's tables and buckets. */
const endpoints = ["EVENTBRIDGE", "SQS", "SSM", "CLOUDWATCH_LOGS"];

/** What people read first: where the page is, and lines to copy into the shell of a service. */
export function renderBanner(running: Running, { url, seconds }: BannerFacts): string {
  const { environment, registry, globalBusFor } = running.stage;
  const { names } = running.live.callers;
  const [someone = ""] = names;
  const account = registry.services.get(someone)?.account ?? registry.backbone;
  return [
    `event-backbone dev   environment ${environment.name}   ready in ${seconds.toFixed(1)} s   state in memory only`,
    `page   ${url}/`,
    ...running.takers().map(renderTaker),
    ...[...registry.services.values()].flatMap(renderOrigin),
    "",
    "In the shell of a service:",
    "  unset AWS_PROFILE AWS_SESSION_TOKEN",
    ...endpoints.map((name) => `  export AWS_ENDPOINT_URL_${name}=${url}`),
    `  export AWS_REGION=${environment.region} AWS_DEFAULT_REGION=${environment.region}`,
    "  export no_proxy=127.0.0.1,localhost",
    `  export BACKBONE_BUS_ARN=${globalBusFor(account) ?? ""}`,
    "  export AWS_SECRET_ACCESS_KEY=any",
    `  export AWS_ACCESS_KEY_ID=${someone}   # who you are: ${names.join(", ")}, or an account's 12 digits`,
    "For find, dead-letters and canary:",
    `  curl -s ${url}/_backbone/profiles > dev.profiles`,
    `  AWS_ENDPOINT_URL=${url} AWS_CONFIG_FILE=dev.profiles npx backbone canary --profile "{account}"`,
    "",
    `not modelled: ${notModelled.join("; ")}`,
    "Ctrl-C ends it.",
    "",
  ].join("\n");
}

/** Nobody's code publishes them, so somebody has to say that one has come. */
function renderOrigin({ name, origin }: Service): string[] {
  return origin === undefined
    ? []
    : [`${name}   comes from ${titleOfOrigin(origin)}: put there by the page, or POST /_backbone/publish`];
}

export function renderTaker({ subscription, by, problem }: Taker): string {
  const taken = by ?? `nobody here: poll its queue, or --forward ${subscription}=http://…`;
  return `${subscription}   ${taken}${problem === undefined ? "" : `\n  CANNOT BE USED: ${problem.replaceAll("\n", "\n  ")}`}`;
}
