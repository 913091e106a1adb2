import { appendFileSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stateFolder } from "../../operations/dead-letters/journal.js";
import { markedResources, roundsOf } from "../../operations/marks.js";
import type { OperatedAws } from "../fixtures/operated-aws.js";
import { eventText, forwardAttributes } from "../fixtures/fake-backbone.js";
import { LetterDesk, queue, sentAt, staying } from "../fixtures/letter-desk.js";
import { runRedrive } from "../fixtures/redrive-run.js";

let desk: LetterDesk;
let aws: OperatedAws;
let state: string;

beforeEach(async () => {
  desk = await LetterDesk.open();
  ({ aws, state } = desk);
});

afterEach(async () => {
  await desk.close();
});

describe("the mark of a redriven event", () => {
  it("counts rounds under the first id, and stands there once", () => {
    const first = markedResources({ id: "a", resources: ["order/1"] });
    expect(first).toEqual(["order/1", "event-backbone:redriven:a:1"]);
    expect(markedResources({ id: "b", resources: first })).toEqual([
      "order/1",
      "event-backbone:redriven:a:2",
    ]);
    expect(roundsOf({ id: "c", resources: ["event-backbone:redriven:a:x"] })).toEqual({
      firstId: "c",
      count: 0,
    });
  });

  it.each([
    { rounds: 0, goes: true },
    { rounds: 1, goes: true },
    { rounds: 2, goes: false },
    { rounds: 9, goes: false },
  ])("after $rounds rounds an event goes by itself: $goes", async ({ rounds, goes }) => {
    const resources = rounds === 0 ? [] : [`event-backbone:redriven:first:${rounds}`];
    aws.addMessage(queue, eventText({ id: "x", resources }), forwardAttributes("delivery"), sentAt);
    const { redriven } = await desk.redriveWith();
    expect(redriven).toHaveLength(goes ? 1 : 0);
    if (!goes) {
      await desk.redriveWith(undefined, { again: true });
      expect(aws.accepted[0]?.resources).toEqual([`event-backbone:redriven:first:${rounds + 1}`]);
    }
  });
});

describe("the journal of a redrive", () => {
  const folder = () => join(state, "redrives", readdirSync(join(state, "redrives"))[0] ?? "");
  const files = () => readdirSync(folder()).map((name) => join(folder(), name));

  it("has a line before and after each request, and nothing of an event but its ids", async () => {
    desk.addForwardLetters(2);
    await desk.redriveWith();
    const text = files()
      .map((file) => readFileSync(file, "utf8"))
      .join("");
    const kinds = [...text.matchAll(/"kind":"(began|sending|answered|deleting|deleted)"/g)].map(
      ([, kind]) => kind,
    );
    const request = ["sending", "answered", "deleting", "deleted"];
    expect(kinds).toEqual(["began", ...request, ...request]);
    expect(text).not.toContain("orderId");
  });

  it("keeps what a lost answer left in doubt from being sent again, until that is agreed to", async () => {
    desk.addForwardLetters(2);
    await desk.redriveWith(desk.nth("PutEvents", 1, { kind: "cut-after" }));
    const second = await runRedrive(aws, { account: "global", state });
    expect(Object.values(staying(second.planned))).toEqual(["in-doubt"]);
    expect(second.result.redriven).toHaveLength(1);
    const third = await runRedrive(aws, { account: "global", state, again: true });
    expect(third.result.redriven).toHaveLength(1);
    expect(aws.accepted).toHaveLength(3);
  });

  it("survives lines that were cut short, and other runs at the same time", async () => {
    desk.addForwardLetters(2);
    await desk.redriveWith(desk.nth("PutEvents", 1, { kind: "cut-after" }));
    for (const file of files()) appendFileSync(file, '{"kind":"answered","request":1,"outc');
    writeFileSync(join(folder(), "other.jsonl"), "\u0000\u0000 no journal\n{}\n");
    const { planned } = await runRedrive(aws, { account: "global", state });
    expect(Object.values(staying(planned))).toEqual(["in-doubt"]);
  });

  it("is thrown away when no letter can be as old", async () => {
    desk.addForwardLetters(1);
    await desk.redriveWith();
    const old = new Date(Date.now() - 16 * 86_400_000);
    for (const file of files()) utimesSync(file, old, old);
    await desk.redriveWith();
    expect(files()).toHaveLength(1);
  });

  it("passes over what is no journal, and stops everything if one cannot be read", async () => {
    desk.addForwardLetters(1);
    await desk.redriveWith();
    const [file = ""] = files();
    mkdirSync(join(dirname(file), "a-folder"));
    desk.addForwardLetters(1);
    await desk.redriveWith();
    mkdirSync(join(dirname(file), "unreadable.jsonl"));
    desk.addForwardLetters(1);
    await expect(desk.redriveWith()).rejects.toThrow("make them readable: a redrive without them may send");
  });

  it("stops everything before it is sent, if it cannot be written", async () => {
    desk.addForwardLetters(1);
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, "redrives"), "a file where the folder belongs");
    await expect(desk.redriveWith()).rejects.toThrow(
      /the journal \S+ cannot be written: .*; without it a later run could send events twice/,
    );
    expect(aws.requestsOf("PutEvents")).toEqual([]);
  });

  it.each([
    { environment: { EVENT_BACKBONE_STATE: "/own" }, platform: "linux", folder: "/own" },
    { environment: { XDG_STATE_HOME: "/xdg" }, platform: "linux", folder: join("/xdg", "event-backbone") },
    { environment: { LOCALAPPDATA: "/local" }, platform: "win32", folder: join("/local", "event-backbone") },
  ] as const)("is in $folder", ({ environment, platform, folder: expected }) => {
    expect(stateFolder(environment, platform)).toBe(expected);
  });

  it("is in the home folder by default", () => {
    expect(stateFolder({}, "linux")).toMatch(/\.local.state.event-backbone$/);
  });
});
