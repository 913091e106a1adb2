import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { created, Dev } from "../fixtures/dev-server.js";

const names = ["chromium", "chromium-browser", "google-chrome", "chrome-headless-shell"];
const browser = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** The page as a browser has drawn it after five of its own seconds, which pass as fast as it can work. */
async function drawn(url: string): Promise<string> {
  const flags = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--virtual-time-budget=5000",
    "--dump-dom",
    url,
  ];
  const { stdout } = await promisify(execFile)(browser ?? "", flags, { maxBuffer: 2 ** 26, timeout: 60_000 });
  return stdout;
}

describe.skipIf(browser === undefined)(
  `the page in a browser${browser === undefined ? ": skipped, as there is none on PATH (chromium or google-chrome)" : ""}`,
  () => {
    it("shows what came, and one event with its verdict by its link", async () => {
      await using dev = await Dev.open();
      const taken = await dev.publish("orders");
      await expect(dev.publish("delivery")).rejects.toThrow("not authorized");
      const page = await drawn(`${dev.url}/?still#${taken}`);
      expect(page).toContain(`data-id="${taken}"`);
      expect(page).toContain("→ delivery/start-delivery: done");
      expect(page).toContain("REFUSED at the global bus");
      expect(page).toContain("At every subscription");
      expect(page).toContain(`<option value="${created}">`);
      expect(page).toContain("Not modelled: ");
      expect(dev.bugs).toEqual([]);
    });
  },
);
