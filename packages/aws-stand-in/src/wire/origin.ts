import type { IncomingHttpHeaders } from "node:http";

export interface OwnAddress {
  readonly port: number;
  /** Names besides those of the loopback, such as one that the server was told to listen on. */
  readonly hosts?: readonly string[];
}

const loopback = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Whether a request is from a page of our own, or from no page. Any page on the web may send forms to a loopback port,
 * and one whose name was bound to 127.0.0.1 after it was loaded may read the answers, too.
 * @returns why it is refused; undefined if it is not
 */
export function whyForeign(
  headers: IncomingHttpHeaders,
  { port, hosts = [] }: OwnAddress,
): string | undefined {
  const own = [...loopback, ...hosts].map((name) => `${name}:${port}`);
  const instead = `open http://127.0.0.1:${port}/ instead`;
  if (!own.includes(headers.host?.toLowerCase() ?? "")) return `the request is for another host; ${instead}`;
  const { origin, "sec-fetch-site": site, "sec-fetch-mode": mode } = headers;
  const isOtherOrigin =
    origin !== undefined && !own.some((name) => origin.toLowerCase() === `http://${name}`);
  // A link from elsewhere may lead here.
  const isFetched = (site === "cross-site" || site === "same-site") && mode !== "navigate";
  return isOtherOrigin || isFetched ? `the request is from another page; ${instead}` : undefined;
}
