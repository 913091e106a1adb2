import { describe, expect, it } from "vitest";
import { isWhole, scoreOf, tableOf } from "../fixtures/damage-score.js";
import { registry as awsEvents } from "../fixtures/registries/aws-events.js";
import { rehearse } from "../fixtures/rehearsed.js";

describe("a damage of what brings events of AWS", () => {
  it.each(["prod", "dev", "alone"])(
    "fails the proof and is named if it does harm, and holds if it does none, in %s",
    async (environment) => {
      const score = scoreOf(await rehearse(awsEvents, environment), isWhole ? 60 : 10, ({ id }) =>
        /default|aws\.|\.p[0-9a-f]{7}|local-bus|dead-letters|event-log/u.test(id),
      );
      if (isWhole) console.log(tableOf(score));
      const { holes, unnamed, falseAlarms } = score;
      expect({ holes, unnamed, falseAlarms }).toEqual({ holes: [], unnamed: [], falseAlarms: [] });
    },
    1_800_000,
  );
});
