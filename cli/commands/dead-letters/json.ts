import { errorOf } from "../../../operations/dead-letters/error-codes.js";
import { stayReasons } from "../../../operations/dead-letters/stay-reasons.js";
import type { LetterRow } from "../../../operations/dead-letters/plan.js";
import { expiry, type LetterFacts } from "./facts.js";

/** What `dead-letters --json` prints. */
export function lettersToJson(facts: LetterFacts): Readonly<Record<string, unknown>> {
  const { topology, account, queue, letters, others, state, ended, problem, lost, now } = facts;
  return {
    environment: topology.environment.name,
    account: account.account,
    queue: queue.arn,
    total: Math.max(state.visible + state.hidden, letters.length + others),
    ended,
    ...(problem === undefined ? {} : { problem }),
    ...(lost === undefined ? {} : { lost }),
    letters: letters.map(({ letter, fate }) => ({
      messageId: letter.messageId,
      ...(letter.sentAt === undefined
        ? {}
        : {
            sentAt: letter.sentAt,
            ageSeconds: Math.round((now.getTime() - letter.sentAt.getTime()) / 1_000),
            expiresAt: expiry(letter.sentAt, state),
          }),
      errorCode: errorOf(letter, queue),
      errorMessage: letter.errorMessage,
      retryAttempts: letter.retryAttempts,
      exhaustedRetryCondition: letter.exhausted,
      receiveCount: letter.receives,
      rule: letter.ruleArn,
      target: letter.targetArn,
      eventId: letter.event?.id,
      eventTime: letter.event?.time,
      source: letter.event?.source,
      detailType: letter.event?.detailType,
      ...(letter.event === undefined || letter.event.rounds.count === 0
        ? {}
        : { redriven: letter.event.rounds }),
      ...fateToJson(fate),
    })),
  };
}

function fateToJson(fate: LetterRow["fate"]): Readonly<Record<string, unknown>> {
  switch (fate.kind) {
    case "goes":
      return {
        goesTo: fate.to,
        ...(fate.also.length === 0 ? {} : { alsoSeenBy: fate.also }),
        ...(fate.direct === undefined
          ? {}
          : { alsoGoesTo: fate.direct.others.map(({ to }) => to), without: fate.direct.without }),
      };
    case "sent":
      return { sentBefore: { to: fate.to, acceptedAs: fate.acceptedAs } };
    case "stays":
      return { stays: fate.reason, staysBecause: stayReasons[fate.reason].because, detail: fate.detail };
  }
}
