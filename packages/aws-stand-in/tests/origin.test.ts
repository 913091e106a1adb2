import { describe, expect, it } from "vitest";
import { whyForeign } from "../src/index.js";

describe("a request for a page of our own", () => {
  const host = "127.0.0.1:4566";
  it.each([
    { what: "a typed address", headers: { host, "sec-fetch-site": "none" }, taken: true },
    { what: "a script without a browser", headers: { host: "localhost:4566" }, taken: true },
    { what: "IPv6", headers: { host: "[::1]:4566", origin: "http://[::1]:4566" }, taken: true },
    {
      what: "the page itself",
      headers: { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" },
      taken: true,
    },
    {
      what: "a link from elsewhere",
      headers: { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
      taken: true,
    },
    { what: "another page", headers: { host, origin: "http://example.com" }, taken: false },
    { what: "a sandbox", headers: { host, origin: "null" }, taken: false },
    { what: "a page on another port", headers: { host, origin: "http://127.0.0.1:3000" }, taken: false },
    {
      what: "an image of another page",
      headers: { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
      taken: false,
    },
    { what: "a name that was bound to us", headers: { host: "example.com:4566" }, taken: false },
    { what: "no host", headers: {}, taken: false },
  ])("is taken ($taken) from $what", ({ headers, taken }) => {
    expect(whyForeign(headers, { port: 4566 }) === undefined).toBe(taken);
  });
});
