import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateStatement } from "../src/iam/statement.js";
import { readPolicy } from "../src/iam/policy.js";
import { busArn, letEveryonePut, ours, policyText, roleArn, theirs } from "./authorize-questions.js";

const principals = fc.oneof(
  fc.constant<unknown>("*"),
  fc
    .subarray(
      [
        ours,
        theirs,
        `arn:aws:iam::${ours}:root`,
        roleArn,
        `arn:aws:sts::${ours}:assumed-role/publisher/one`,
        `arn:aws:iam::${theirs}:role/other`,
        `arn:aws:iam::${theirs}:user/ann`,
        "AROAEXAMPLEID12345",
      ],
      { minLength: 1 },
    )
    .map((AWS) => ({ AWS })),
  fc
    .subarray(["events.amazonaws.com", "sns.amazonaws.com", "nobody.amazonaws.com"], { minLength: 1 })
    .map((Service) => ({ Service })),
);

const callers = fc.constantFrom(
  { kind: "role", account: ours, roleArn, sessionArn: undefined } as const,
  { kind: "role", account: theirs, roleArn: `arn:aws:iam::${theirs}:role/x`, sessionArn: undefined } as const,
  {
    kind: "role",
    account: "333333333333",
    roleArn: "arn:aws:iam::333333333333:role/x",
    sessionArn: undefined,
  } as const,
  { kind: "service", service: "events.amazonaws.com" } as const,
);

describe("looking only at the statements that concern a caller's account", () => {
  it("never leaves out a statement that could speak about the caller", () => {
    fc.assert(
      fc.property(fc.array(principals, { minLength: 1, maxLength: 6 }), callers, (named, principal) => {
        const statements = named.map((Principal, index) => ({
          ...letEveryonePut,
          Sid: `s${index}`,
          Principal,
        }));
        const reading = readPolicy(policyText(...statements), { kind: "bus", arn: busArn });
        if (!reading.ok) throw new Error("the policy of this test is wrong");
        const request = { principal, action: "events:PutEvents", resource: busArn, context: new Map() };
        const { document } = reading;
        const speaking = document.statements.filter(
          (statement) => evaluateStatement(statement, request) !== "no",
        );
        expect(document.statementsFor(principal)).toEqual(expect.arrayContaining(speaking));
        expect(
          document.statementsFor(principal).every((statement) => document.statements.includes(statement)),
        ).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
