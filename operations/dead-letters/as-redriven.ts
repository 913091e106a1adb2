import type { LetterEvent } from "./letter.js";
import { markedResources } from "../marks.js";

/**
 * The event as rules will see it once it is put back: a new id, the redriving account as its account, marked.
 * @param accountId of the redrive role
 */
export function asRedriven(
  event: LetterEvent,
  { accountId, region }: { readonly accountId: string; readonly region: string },
): string {
  const { source, detailType, time, detail } = event;
  const around = JSON.stringify({
    version: "0",
    id: "00000000-0000-0000-0000-000000000000",
    "detail-type": detailType,
    source,
    account: accountId,
    time,
    region,
    resources: markedResources(event),
  });
  // The detail's text as it stands: parsing and writing it again would round long numbers.
  return `${around.slice(0, -1)},"detail":${detail}}`;
}
