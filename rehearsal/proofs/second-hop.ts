import type { World, WorldData } from "eventbridge-simulator";
import { outcomeOf, type ProofCheck } from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { Expectations } from "../expectations.js";
import { attackerOf, busName, rebuild, type Stage } from "../stage.js";
import { exampleFailures } from "./delivery.js";

/**
 * Members that wire a rule from their local bus to the global bus, as if events could come back and travel
 * on: every contract must still reach exactly who it should.
 */
export function secondHopChecks(stage: Stage, expected: Expectations): ProofCheck[] {
  const published = [...stage.registry.contracts.values()].flatMap((contract) =>
    contract.examples.map((example) => ({ contract, example })),
  );
  let world: World | undefined;
  return [
    {
      id: "second-hop",
      title: "a rule from local buses back to the global bus brings nobody anything",
      run: () => {
        world ??= worldWithIntruders(stage);
        const intruded = world;
        return outcomeOf(published, ({ contract, example }) => {
          // What fails without the intruders too is told by the delivery's own check.
          if (exampleFailures(stage, expected, contract, example).length > 0) return [];
          const failures = exampleFailures(
            { ...stage, world: intruded },
            expected,
            contract,
            example,
            intruded,
          );
          return failures.map((failure) => ({ ...failure, step: `second hop: ${failure.step}` }));
        });
      },
    },
  ];
}

function worldWithIntruders(stage: Stage): World {
  const { data } = stage.loaded;
  const intruders = stage.registry.members.flatMap((member) => {
    const caller = attackerOf(stage, member);
    return caller === undefined ? [] : [{ member, caller }];
  });
  const extended: WorldData = {
    ...data,
    rules: [
      ...data.rules,
      ...intruders.map(({ member, caller }) => {
        const bus = stage.busOf(member);
        const place = { region: stage.environment.region, accountId: stage.account(member).id };
        return {
          arn: arnOf.rule(place, busName(bus), "onward"),
          state: "ENABLED",
          eventPattern: JSON.stringify({ source: [{ prefix: "" }] }),
          targets: [{ id: "onward", arn: stage.busOf(stage.registry.backbone), roleArn: caller.arn }],
        };
      }),
    ],
    roles: [
      ...data.roles,
      ...intruders.map(({ caller }) => ({
        arn: caller.arn,
        trustPolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sts:AssumeRole" },
          ],
        }),
        inlinePolicies: caller.policies,
        managedPolicies: [],
      })),
    ],
  };
  return rebuild(extended);
}
