import colors from "picocolors";
import type { DiscardResult } from "../../../operations/dead-letters/discard.js";
import { isBus } from "../../../operations/dead-letters/destinations/index.js";
import type { RedriveResult } from "../../../operations/dead-letters/redrive.js";
import type { RedrivenLetter } from "../../../operations/dead-letters/shipments.js";
import { count } from "../../../views/table.js";
import { type CommandContext, findCommand } from "../../terminal/command-line.js";
import { printable } from "../../terminal/printable.js";
import { lastPart } from "./facts.js";
import { whoKnows } from "./fates.js";

/** So many letters that went well are named; the journal has them all. */
const fewLetters = 20;

/** What became of each letter; those that went well only if they are few, or all are asked for. */
export function renderRedriveResult(
  result: RedriveResult,
  account: string,
  context: CommandContext,
  all: boolean,
): string {
  const { redriven, cleared, undeleted, partly, refused, uncertain, notSent, untouched, stopped } = result;
  const isShown = all || redriven.length + cleared.length <= fewLetters;
  return [
    ...(isShown
      ? [
          ...redriven.map((letter) => `${colors.green("✓")} ${newLife(letter)}, and its letter deleted`),
          ...cleared.map(
            (letter) =>
              `${colors.green("✓")} ${newLife(letter)} since an earlier run; its letter is deleted now`,
          ),
        ]
      : []),
    ...undeleted.map(
      (letter) =>
        `${colors.red("!")} ${newLife(letter)}, but its letter ${printable(letter.messageId)} ${letter.isRefused ? "could not be deleted" : "is perhaps not deleted"} (${printable(letter.problem)}): redrive again from this machine, which deletes it and sends nothing`,
    ),
    ...partly.map(
      (letter) =>
        `${colors.yellow("!")} ${newLife(letter)}; its letter ${printable(letter.messageId)} is still in the queue, as not all have it: redrive again from this machine, which sends it to the others alone`,
    ),
    ...refused.map(
      (letter) =>
        `${colors.red("✗")} ${id(letter)} was refused by AWS for ${destination(letter)}, and is still in the queue: ${printable(letter.problem)}`,
    ),
    ...uncertain.map(
      (letter) =>
        `${colors.yellow("?")} ${id(letter)} may or may not have come to ${destination(letter)}, and is still in the queue: ${printable(letter.problem)}\n  ${isBus(letter.to) ? `look: ${findCommand(letter, context)}` : whoKnows(letter.to)}`,
    ),
    ...notSent.map(
      (letter) =>
        `${colors.yellow("-")} ${id(letter)} was not sent, and is still in the queue: ${printable(letter.problem)}`,
    ),
    ...(stopped === undefined ? [] : [`${colors.yellow("stopped:")} ${whyStopped(result, stopped)}`]),
    ...(untouched.length === 0
      ? []
      : [
          `${count(untouched.length, "letter was", "letters were")} not reached, and nothing was done with ${untouched.length === 1 ? "it" : "them"}: run it again${refused.length > 0 ? " when that is mended" : ""}`,
        ]),
    `${lettersIn(redriven)} sent and deleted, ${lettersIn(cleared)} sent before and deleted now, ${lettersIn(undeleted)} sent but not known to be deleted, ${partly.length === 0 ? "" : `${lettersIn(partly)} given to some of its destinations, `}${lettersIn(refused)} refused, ${lettersIn(uncertain)} in doubt, ${lettersIn(notSent)} not sent, ${untouched.length} not reached in the queue of ${account}.`,
  ].join("\n");
}

/** One that has several destinations is told of for each. */
function lettersIn(told: readonly RedrivenLetter[]): number {
  return new Set(told.map(({ messageId }) => messageId)).size;
}

function whyStopped({ refused, uncertain, notSent }: RedriveResult, stopped: string): string {
  const isTold = [...refused, ...uncertain, ...notSent].some(({ problem }) => problem === stopped);
  return isTold ? "others are likely to fail in the same way" : printable(stopped);
}

function newLife(letter: RedrivenLetter & { readonly acceptedAs: string }): string {
  return `${id(letter)} was accepted by ${destination(letter)} as ${printable(letter.acceptedAs)}`;
}

function id({ eventId, messageId }: RedrivenLetter): string {
  return printable(eventId === "" ? messageId : eventId);
}

function destination({ to }: RedrivenLetter): string {
  return printable(lastPart(to));
}

export function renderDiscardResult(
  { discarded, undeleted, untouched, stopped }: DiscardResult,
  file: string,
): string {
  return [
    ...undeleted.map(
      ({ messageId, isRefused, problem }) =>
        `${colors.red("!")} ${printable(messageId)} is in ${file}, but ${isRefused ? "could not be deleted" : "is perhaps not deleted"}: ${printable(problem)}`,
    ),
    ...(stopped === undefined ? [] : [`${colors.yellow("stopped:")} ${printable(stopped)}`]),
    `${discarded.length} written to ${file} and deleted, ${undeleted.length} written but not known to be deleted, ${untouched.length} not reached.`,
  ].join("\n");
}
