import { z } from "zod";
import { arnOf } from "../arns.js";
import { anything, attachment, described, kind, named, within } from "./kind.js";

/** What a plan has in place of a file of code. */
const fileDigest = z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/u), bytes: z.number() });

/** Without a window Lambda takes no more messages of a queue at once (CreateEventSourceMapping). */
const mostAtOnce = 10;
const lambdaPrincipal = /\.amazonaws\.com(?:\.cn)?$/u;

/** Functions that are made here, what lets others in to functions, what feeds them, and what they remember. */
export const functionKinds = {
  functions: kind({
    type: "aws:lambda/function:Function",
    arn: named(arnOf.function),
    shape: {
      name: z.string(),
      role: z.string(),
      /** By its path in the archive. */
      code: z.record(z.string(), fileDigest),
      // Without one a changed bundle would be noticed or not as the engine zips it.
      sourceCodeHash: z.string(),
      handler: z.string(),
      runtime: z.enum(["nodejs22.x", "nodejs24.x"]),
      architectures: z.tuple([z.enum(["arm64", "x86_64"])]).optional(),
      timeout: within(1, 900).default(3),
      memorySize: within(128, 10_240).default(128),
      environment: z.strictObject({ variables: z.record(z.string(), z.string()) }).optional(),
      loggingConfig: z
        .strictObject({
          logFormat: z.enum(["JSON", "Text"]),
          logGroup: z.string().optional(),
          applicationLogLevel: anything,
          systemLogLevel: anything,
        })
        .optional(),
      packageType: z.literal("Zip").optional(),
      publish: anything,
      tracingConfig: anything,
      reservedConcurrentExecutions: within(0, 1_000_000).optional(),
      ...described,
    },
    part: ({ handler, code, ...one }, { arn, place, report }) => {
      const { name, role: roleArn, runtime, timeout, memorySize, environment, loggingConfig } = one;
      const file = handler.replace(/\.[^.]*$/u, "");
      const [digest] = ["mjs", "cjs", "js"].flatMap((end) => code[`${file}.${end}`] ?? []);
      if (digest === undefined) {
        const found = Object.keys(code).join(", ") || "no file";
        report(
          `function ${arn} is called by ${handler}, and its code has ${found}`,
          `name the file of its code that exports the handler, and the export`,
        );
      }
      if (
        digest !== undefined &&
        Buffer.from(digest.sha256, "hex").toString("base64") !== one.sourceCodeHash
      ) {
        report(
          `function ${arn} has a sourceCodeHash that is not of its code: whether a change is deployed hangs on it`,
          "let its sourceCodeHash be the SHA-256 of the file that exports the handler, as base64",
        );
      }
      if (one.reservedConcurrentExecutions === 0) {
        report(
          `function ${arn} has no concurrency: it never runs`,
          "take its reservedConcurrentExecutions away",
        );
      }
      return {
        arn,
        name,
        roleArn,
        handler,
        runtime,
        /** Seconds. */
        timeout,
        memorySize,
        code,
        variables: environment?.variables ?? {},
        /** ARN of where it writes; AWS makes one that keeps for ever where none is said. */
        logGroup: arnOf.logGroup(place, loggingConfig?.logGroup ?? `/aws/lambda/${name}`),
      };
    },
  }),
  permissions: attachment({
    type: "aws:lambda/permission:Permission",
    owner: "functions",
    words: ["permission", "function"],
    isOnly: false,
    shape: {
      statementId: z.string(),
      action: z.string(),
      function: z.string(),
      principal: z.string(),
      sourceArn: z.string().optional(),
      sourceAccount: z.string().optional(),
    },
    part: ({ statementId, action, principal, sourceArn, sourceAccount, ...one }, { place }) => {
      const of = arnOf.functionNamed(place, one.function);
      // As AddPermission writes it into the function's policy.
      const conditions = {
        ...(sourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": sourceArn } }),
        ...(sourceAccount === undefined ? {} : { StringEquals: { "AWS:SourceAccount": sourceAccount } }),
      };
      const statement = {
        Sid: statementId,
        Effect: "Allow",
        Principal:
          principal === "*"
            ? "*"
            : lambdaPrincipal.test(principal)
              ? { Service: principal }
              : { AWS: principal },
        Action: action,
        Resource: of,
        ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
      };
      return { of, statement };
    },
  }),
  mappings: attachment({
    type: "aws:lambda/eventSourceMapping:EventSourceMapping",
    owner: "functions",
    words: ["event source mapping", "function"],
    isOnly: false,
    shape: {
      eventSourceArn: z.string(),
      functionName: z.string(),
      // Without it one message that fails brings all of its batch back.
      functionResponseTypes: z.tuple([z.literal("ReportBatchItemFailures")]),
      batchSize: within(1, 10_000).default(mostAtOnce),
      maximumBatchingWindowInSeconds: within(0, 300).default(0),
      scalingConfig: z.strictObject({ maximumConcurrency: within(2, 1_000).optional() }).optional(),
      enabled: z.boolean().default(true),
      tags: described.tags,
    },
    part: ({ eventSourceArn: queue, functionName, ...one }, { place, report }) => {
      const of = arnOf.functionNamed(place, functionName);
      if (!one.enabled) report(`nothing is taken from ${queue} for ${of}: it is not enabled`, "enable it");
      if (one.batchSize > mostAtOnce && one.maximumBatchingWindowInSeconds === 0) {
        report(
          `takes ${one.batchSize} messages of ${queue} at once without waiting for them; AWS takes ${mostAtOnce} at most`,
          `let its batchSize be ${mostAtOnce}, or give it a maximumBatchingWindowInSeconds`,
        );
      }
      return { of, queue, enabled: one.enabled, batchSize: one.batchSize };
    },
  }),
  tables: kind({
    type: "aws:dynamodb/table:Table",
    arn: named(arnOf.table),
    shape: {
      name: z.string(),
      billingMode: z.literal("PAY_PER_REQUEST"),
      hashKey: z.string(),
      attributes: z.tuple([z.strictObject({ name: z.string(), type: z.enum(["S", "N", "B"]) })]),
      ttl: z.strictObject({ attributeName: z.string(), enabled: z.literal(true) }).optional(),
      pointInTimeRecovery: anything,
      deletionProtectionEnabled: anything,
      serverSideEncryption: z
        .strictObject({ enabled: z.boolean(), kmsKeyArn: z.string().optional() })
        .optional(),
      tags: described.tags,
    },
    part: (
      { name, hashKey, attributes: [attribute], ttl, serverSideEncryption },
      { arn, keyArn, report },
    ) => {
      if (attribute.name !== hashKey) {
        report(
          `table ${arn} has the key ${hashKey}, and describes ${attribute.name} only`,
          `describe ${hashKey} among its attributes`,
        );
      }
      return {
        arn,
        name,
        hashKey,
        ttl: ttl?.attributeName,
        keyArn: keyArn(serverSideEncryption?.kmsKeyArn),
      };
    },
  }),
};
