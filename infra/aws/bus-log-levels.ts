import { busLogLevels } from "./limits.js";

/**
 * The levels a bus logs at a level, from the gravest on: each has a log type, and a delivery source, of its own.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html
 */
export function levelsUpTo(level: (typeof busLogLevels)[number]): Exclude<typeof level, "OFF">[] {
  return busLogLevels.slice(0, busLogLevels.indexOf(level) + 1).filter((each) => each !== "OFF");
}
