import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import type { Stage } from "../stage.js";
import { queuePolicyClaim, underNoKey, wantedOf } from "../wanted.js";

/** The global bus, and a local bus for each member, each with its policy: what may be done with them is claimed elsewhere. */
export function busNeeds(stage: Stage): Need[] {
  const { registry, environment } = stage;
  const { level, includeDetail } = environment.busLogging;
  return [registry.backbone, ...registry.members].map((account) => {
    const { place, bus, encryptionFailures } = wantedOf(stage, account);
    return {
      account,
      what: account === registry.backbone ? "the global bus" : `the local bus of ${account}`,
      claims: [
        claim(
          kinds.bus,
          { name: bus },
          {
            protect: true,
            has: {
              ...underNoKey(stage, "kmsKeyIdentifier"),
              logConfig:
                level === "OFF" ? undefined : { level, includeDetail: includeDetail ? "FULL" : "NONE" },
            },
            after: [queuePolicyClaim(place, encryptionFailures)],
          },
        ),
        claim(kinds.busPolicy, { eventBusName: bus }, { protect: true }),
      ],
    };
  });
}
