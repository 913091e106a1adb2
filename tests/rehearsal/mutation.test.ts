import { describe, expect, it } from "vitest";
import { registry as example } from "../../config/index.js";
import { generateRegistry } from "../fixtures/generate-registry.js";
import { mutationsOf, type Mutation } from "../fixtures/mutations.js";
import { rehearse, verifyPlan } from "../fixtures/rehearsed.js";

/** Damages that change nothing about who can send or receive what, and why. */
const harmless: readonly { readonly id: RegExp; readonly because: string }[] = [
  {
    id: /(?:QueuePolicy|LogResourcePolicy|TopicPolicy) .* is widened to every resource$/,
    because: "a resource policy speaks of its own resource only, whatever its Resource says",
  },
  {
    id: /LogResourcePolicy .* has not the service delivery\.logs\.amazonaws\.com$/,
    because: "rule targets are written by events.amazonaws.com; AWS's example names both",
  },
  {
    id: /LogResourcePolicy bus-log: AllowLogDelivery has no condition on aws:SourceAccount/,
    because: "the delivery source's ARN, which is compared too, contains the account",
  },
  {
    id: /Key customer-key: AllowEvents has no condition on (?:kms:EncryptionContext|aws:SourceArn)/,
    because: "the encryption context and the source both name the bus, and either is enough",
  },
  {
    id: /DecryptDeadLetters is widened to every resource$/,
    because: "only one key encrypts the queue that the condition names, and it is the account's own",
  },
  {
    id: /TrustForwardRules has no condition on aws:SourceAccount/,
    because: "the rule's ARN, which is compared too, contains the account",
  },
  {
    id: /AllowForwardAndRedrive (?:admits everybody|has no condition|wants any aws:PrincipalArn)$/,
    because: "DenyAllButForwardAndRedrive refuses everybody but those roles, however wide the Allow is",
  },
  {
    id: /AllowOwnSource (?:has no condition|compares events:source with any value|compares with any value instead of all)$/,
    because: "DenyOtherSources refuses every other source, however wide the Allow is",
  },
  {
    id: /^global-dev .*DenyForwardedEvents (?:removed|has another action|has a wrong principal)$/,
    because: "inside one AWS account it is not documented what a forwarded request says of itself",
  },
];

interface Score {
  readonly damages: number;
  readonly detected: number;
  readonly explained: number;
  readonly unexplained: readonly string[];
  /** Detected, but no failure names what was damaged. */
  readonly unnamed: readonly string[];
}

async function score(
  definition: unknown,
  environment: string,
  select: (mutation: Mutation) => boolean,
): Promise<Score> {
  const rehearsed = await rehearse(definition, environment);
  let damages = 0;
  let explained = 0;
  const unexplained: string[] = [];
  const unnamed: string[] = [];
  for (const mutation of mutationsOf(rehearsed.plan)) {
    if (!select(mutation)) continue;
    damages += 1;
    const { ok, failures } = verifyPlan(rehearsed, mutation.plan);
    const isHarmless = harmless.some(({ id }) => id.test(mutation.id));
    if (ok && isHarmless) explained += 1;
    else if (ok) unexplained.push(mutation.id);
    else if (!mutation.names.some((name) => JSON.stringify(failures).includes(name)))
      unnamed.push(mutation.id);
  }
  return { damages, detected: damages - explained - unexplained.length, explained, unexplained, unnamed };
}

describe("every damage to an emitted statement, rule, target, role or policy", () => {
  it.each(["prod", "dev"])(
    "of the example in %s fails the proof, which names it",
    async (environment) => {
      const { damages, unexplained, unnamed } = await score(example, environment, () => true);
      expect(damages).toBeGreaterThan(300);
      expect({ unexplained, unnamed }).toEqual({ unexplained: [], unnamed: [] });
    },
    240_000,
  );

  it("of a backbone with 15 members fails the proof, which names it", async () => {
    // The backbone's own resources, one forward with a filter and one without, and one member: the others
    // are like them.
    const concerned = /^(?:hub (?!\S+ forward-)|hub \S+ forward-team-000[12]:|team-0001 )/;
    const { damages, unexplained, unnamed } = await score(
      generateRegistry({ members: 15 }),
      "prod",
      ({ id }) => concerned.test(id),
    );
    expect(damages).toBeGreaterThan(200);
    expect({ unexplained, unnamed }).toEqual({ unexplained: [], unnamed: [] });
  }, 240_000);
});
