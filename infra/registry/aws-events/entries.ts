import * as entries from "../entries.js";
import { sourceIn } from "../sources.js";
import type { AwsEventsDefinition } from "./definition.js";

const sourceMend = 'give its source as AWS writes it, such as "aws.s3", or a list of them';
const accountsMend = 'list the accounts whose buses they come from, such as ["orders"], or write "*" for all';

/** What an entry of AWS's own events may hold. */
export const awsEvents = entries.entry({
  name: entries.service.full.shape.name,
  from: entries
    .text('write "default-bus", or the name of a partner bus, which begins with "aws.partner/"')
    .refine((from) => from === "default-bus" || isPartnerBus(from), {
      error: ({ input }) =>
        `no events of AWS come from ${JSON.stringify(input)}; write "default-bus", or the name of a partner bus, such as "aws.partner/example.com/orders"`,
    }),
  accounts: entries.oneOrMany("a list of accounts", accountsMend),
  source: entries.oneOrMany("text or a list", sourceMend),
  readOnlyManagementEvents: entries
    .flag("write true to get the management events that only read, too, or leave it out")
    .default(false),
  environments: entries.service.full.shape.environments,
  owner: entries.service.full.shape.owner,
  contracts: entries.service.full.shape.contracts,
} satisfies entries.Readers<AwsEventsDefinition>);

/**
 * A partner bus is called as the partner's event source, and so is the `source` of its events.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPartnerEventsRequestEntry.html
 */
function isPartnerBus(name: string): boolean {
  return isPartnerSource(sourceIn(name, "environment")) && name.length <= 256;
}

/** @param source as it is in an environment */
export function isPartnerSource(source: string): boolean {
  return /^aws\.partner(?:\/[\w.-]+){2,}$/.test(source);
}
