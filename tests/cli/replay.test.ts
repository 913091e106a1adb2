import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { deployRules, ids, operateAccounts } from "../fixtures/operated-accounts.js";

const accounts = operateAccounts();

describe("backbone replay", () => {
  beforeEach(() => {
    accounts.aws.putArchive("backbone-global", {
      retentionDays: 30,
      createdAt: Date.parse("2026-01-01T00:00:00Z"),
    });
  });

  const hour = ["--from", "2026-02-01T10:00:00Z", "--to", "2026-02-01T11:00:00Z"];

  it("lists what the rules deliver besides and who sees it again, and starts nothing in a dry run", async () => {
    deployRules(accounts.aws);
    const { exitCode, stdout, stderr } = await accounts.backbone(
      "replay",
      ...hour,
      "--contract",
      "orders/Order.Created",
      "--dry-run",
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^ +forward-delivery +delivery +orders\/Order\.Created +orders\/Order\.Updated$/m);
    expect(stdout).toContain("note: a replay is limited by rules, so these deliver all they carry.");
    expect(stdout).toContain(
      "Seen again in delivery by: log-all-events (enabled), pack (enabled), bill (disabled)",
    );
    expect(stdout).toContain("Nothing was started.");
    expect(accounts.aws.requestsOf("StartReplay")).toEqual([]);
  });

  it("starts the replay of those rules and follows it to its end", async () => {
    const { exitCode, stdout, stderr } = await accounts.backbone(
      "replay",
      ...hour,
      "--account",
      "orders",
      "--yes",
      "--poll",
      "1s",
      "--json",
    );
    expect(exitCode).toBe(0);
    expect(stderr).toContain("forward-orders");
    expect(JSON.parse(stdout)).toMatchObject({ replay: { state: "COMPLETED" } });
    const [replay] = accounts.aws.requestsOf("StartReplay");
    expect(replay?.input).toMatchObject({
      EventStartTime: Date.parse("2026-02-01T10:00:00Z") / 1_000,
      Destination: {
        Arn: "arn:aws:events:eu-west-1:111111111111:event-bus/backbone-global",
        FilterArns: ["arn:aws:events:eu-west-1:111111111111:rule/backbone-global/forward-orders"],
      },
    });
  });
});

describe("backbone replay of a member's archive", () => {
  const hour = ["--from", "2026-02-01T10:00:00Z", "--to", "2026-02-01T11:00:00Z"];

  beforeEach(() => {
    deployRules(accounts.aws);
    accounts.aws.putArchive("backbone-delivery", {
      state: "UPDATE_FAILED",
      stateReason: "the key is gone",
      retentionDays: 30,
      createdAt: Date.parse("2026-02-01T10:30:00Z"),
    });
  });

  it("goes to the rules that are named, and to no other", async () => {
    const { exitCode, stdout } = await accounts.backbone(
      ...["replay", ...hour, "--account", "delivery", "--to-rule", "pack", "--yes", "--poll", "1s"],
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Seen again in delivery by: pack (enabled), and no other rule");
    expect(stdout).toMatch(/AWS says that replay \S+ is completed up to/);
    expect(stdout).not.toContain("delivered everything");
    const [replay] = accounts.aws.requestsOf("StartReplay");
    expect(replay?.caller).toContain(ids.delivery);
    expect(replay?.input).toMatchObject({
      EventSourceArn: "arn:aws:events:eu-west-1:333333333333:archive/backbone-delivery",
      Destination: {
        Arn: "arn:aws:events:eu-west-1:333333333333:event-bus/backbone-delivery",
        FilterArns: ["arn:aws:events:eu-west-1:333333333333:rule/backbone-delivery/pack"],
      },
    });
  });

  it("warns of a rule that is off and of the archive's state, in a dry run and in JSON too", async () => {
    const { exitCode, stdout } = await accounts.backbone(
      ...["replay", ...hour, "--account", "delivery", "--to-rule", "bill", "--dry-run", "--json"],
    );
    expect(exitCode).toBe(0);
    const { warnings } = z.object({ warnings: z.array(z.string()) }).parse(JSON.parse(stdout));
    expect(warnings.join("\n")).toMatch(/UPDATE_FAILED, not ENABLED: the key is gone/);
    expect(warnings.join("\n")).toMatch(/no event in the archive/);
    expect(warnings.join("\n")).toMatch(/exists since 2026-02-01T10:30:00.000Z only/);
    expect(warnings.join("\n")).toMatch(/rule bill is disabled/);
    expect(accounts.aws.requestsOf("StartReplay")).toEqual([]);
  });

  it("suggests the rule that may be meant", async () => {
    const { exitCode, stderr } = await accounts.backbone(
      ...["replay", ...hour, "--account", "delivery", "--to-rule", "pak", "--dry-run"],
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no rule on backbone-delivery is named "pak"; did you mean "pack"?');
  });

  it("is listed and cancelled", async () => {
    accounts.aws.putReplay("backbone-delivery", "running", ["RUNNING"]);
    const listed = await accounts.backbone("replay", "--list", "--account", "delivery");
    expect(listed.stdout).toMatch(/^ +running +RUNNING/m);
    const { exitCode, stdout } = await accounts.backbone(
      "replay",
      "--cancel",
      "running",
      "--account",
      "delivery",
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain("replay running is being cancelled");
    expect(stdout).toContain("npx backbone replay --follow running --account delivery --env prod");
  });

  it("that replayed nothing is not called delivered", async () => {
    accounts.aws.putReplay("backbone-delivery", "empty", ["COMPLETED"]);
    const { stdout } = await accounts.backbone("replay", "--follow", "empty", "--account", "delivery");
    expect(stdout).toContain("is completed, and names no event that was replayed");
  });
});
