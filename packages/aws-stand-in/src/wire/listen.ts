import { get, type Server } from "node:http";

/** The port cannot be had; the message says why and what to do. */
export class PortError extends Error {}

export interface ListenOptions {
  readonly port: number;
  readonly hosts: readonly string[];
  readonly make: () => Server;
}

export interface Listening {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** A free port of one address may be taken on the next. */
const attempts = 10;

/**
 * Listens on one port of several addresses; one that this machine does not have is left out, as long as there is one.
 * @throws PortError
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  for (let left = attempts; ; left -= 1) {
    const servers: Server[] = [];
    let port = options.port;
    try {
      for (const host of options.hosts) {
        const server = options.make();
        if (!(await startOn(server, port, host, servers.length > 0))) continue;
        servers.push(server);
        port = portOf(server);
      }
      return { port, close: () => closeAll(servers) };
    } catch (error) {
      await closeAll(servers);
      if (options.port === 0 && codeOf(error) === "EADDRINUSE" && left > 1) continue;
      throw await explained(error, port, options.hosts);
    }
  }
}

/** @returns false if the machine has no such address */
async function startOn(server: Server, port: number, host: string, isOptional: boolean): Promise<boolean> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => {
        server.removeListener("error", reject);
        resolve();
      });
    });
    return true;
  } catch (error) {
    if (isOptional && /^(?:EADDRNOTAVAIL|EAFNOSUPPORT)$/.test(codeOf(error))) return false;
    throw error;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => {
            resolve();
          });
          server.closeAllConnections();
        }),
    ),
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

async function explained(error: unknown, port: number, hosts: readonly string[]): Promise<unknown> {
  const host = hosts.join(" or ");
  switch (codeOf(error)) {
    case "EADDRINUSE":
      return new PortError(
        `port ${port} is in use, by ${await whoIsAt(port)}; stop that, or choose another port (--port ${port + 1})`,
      );
    case "EACCES":
      return new PortError(
        `port ${port} is not for everybody to listen on; choose one above 1023 (--port 4566)`,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new PortError(`this machine has no address ${host}; leave it out to listen on 127.0.0.1`);
    default:
      return error;
  }
}

/** What it says of itself, if it speaks HTTP. */
async function whoIsAt(port: number): Promise<string> {
  return new Promise((resolve) => {
    const unknown = "another program";
    const request = get({ host: "127.0.0.1", port, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(String(response.headers.server ?? unknown));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => {
      resolve(unknown);
    });
  });
}
