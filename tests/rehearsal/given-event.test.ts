import { type JsonValue, matchEvent } from "event-patterns";
import { describe, expect, it } from "vitest";
import { validPattern } from "../../rehearsal/expectations.js";
import { eventAsRulesSeeIt } from "../../rehearsal/given-event.js";

const full = {
  version: "0",
  id: "1",
  source: "a.b",
  "detail-type": "T",
  account: "111111111111",
  time: "2026-01-01T00:00:00Z",
  region: "eu-west-1",
  detail: { x: 1 },
};
const entry = { Source: "a.b", DetailType: "T", Detail: '{"x":1}' };
const pattern = validPattern({ source: ["a.b"], "detail-type": ["T"], detail: { x: [1] } });

describe("an event in hand", () => {
  it.each<{ what: string; given: JsonValue }>([
    { what: "a full event", given: full },
    { what: "a PutEvents entry", given: entry },
    { what: "an entry whose Detail is an object", given: { ...entry, Detail: { x: 1 } } },
    { what: "a PutEvents request of one entry", given: { Entries: [entry] } },
    { what: "a list of one event", given: [full] },
  ])("is seen as rules see it: $what", ({ given }) => {
    expect(matchEvent(pattern, eventAsRulesSeeIt(given).event)).toBe(true);
  });

  it.each<{ what: string; given: JsonValue; notes: readonly (string | RegExp)[] }>([
    { what: "nothing of a full event", given: full, notes: [] },
    {
      what: "what an entry does not say",
      given: entry,
      notes: [/^taken as an entry of PutEvents: EventBridge adds id, account, time and region/],
    },
    {
      what: "what an entry lacks",
      given: { Source: "a.b" },
      notes: [/^taken as/, /without DetailType/, /without Detail$/],
    },
    {
      what: "a source that AWS keeps to itself",
      given: { ...entry, Source: "aws.s3" },
      notes: [/^taken/, /only AWS and partners put such events on buses/],
    },
    { what: "a Detail that is no JSON", given: { ...entry, Detail: "{" }, notes: [/^taken/, /not JSON/] },
    {
      what: "a Detail that is no object",
      given: { ...entry, Detail: "[1]" },
      notes: [/^taken/, /no JSON object/],
    },
    {
      what: "what an event lacks",
      given: { source: "a.b", "detail-type": "T", detail: {} },
      notes: ["this is no event as a rule sees it: id, account, time, region are missing"],
    },
    {
      what: "what was probably meant",
      given: { id: "1", source: "a.b", account: "1", time: "", region: "", detailType: "T", detail: {} },
      notes: [
        'this is no event as a rule sees it: detail-type is missing; an event has no "detailType": did you mean "detail-type"?',
      ],
    },
    {
      what: "what a misspelt entry probably means",
      given: { Source: "a.b", detailType: "T", Detail: "{}" },
      notes: [/^taken as/, /without DetailType$/, 'an entry has no "detailType": did you mean "DetailType"?'],
    },
    {
      what: "that it may be the detail only",
      given: { orderId: "o" },
      notes: [
        /^this is no event .+: id, detail-type, source, account, time, region are missing; is it only the detail\?/,
      ],
    },
  ])("is told $what", ({ given, notes }) => {
    expect(eventAsRulesSeeIt(given).notes).toEqual(
      notes.map((note): unknown => (typeof note === "string" ? note : expect.stringMatching(note))),
    );
  });
});
