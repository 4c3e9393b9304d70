import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll } from "vitest";

/* A Redis server for tests. */

/** Whether there is one on this machine. */
export const hasRedis = ((): boolean => {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    process.stderr.write(
      "\nNOT TESTED: queues. There is no redis-server on this machine (Debian: apt install redis-server).\n\n",
    );
    return false;
  }
})();

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

export interface RedisServer {
  port: number;
  url: string;
  /** Kills it at once, and starts it again. Without options that persist, it has forgotten everything. */
  restart(pause?: number): Promise<void>;
  kill(): void;
}

interface OwnServer extends RedisServer {
  /** Kills it and removes its folder. */
  remove(): void;
}

export type RedisServers = ReturnType<typeof useRedis>;

/** Servers of a test file, each in a folder of its own. They end with the file's tests. */
export function useRedis() {
  const servers: OwnServer[] = [];
  afterAll(() => {
    for (const server of servers) server.remove();
  });
  const keep = async (port: number, options: readonly string[]): Promise<RedisServer> => {
    const server = await startAt(port, options);
    servers.push(server);
    return server;
  };
  return {
    /** Starts a server. @param options - of redis-server */
    async start(...options: readonly string[]): Promise<RedisServer> {
      const port = await freePort();
      return keep(port, ["--port", String(port), ...options]);
    },
    /** Starts a server that speaks TLS alone. @param authority - path to which the certificate is written that clients are to trust */
    async startTls(authority: string): Promise<RedisServer> {
      const key = `${authority}.key`;
      const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
      const files = ["-keyout", key, "-out", authority];
      const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...files, ...names];
      execFileSync("openssl", request, { stdio: "ignore" });
      const port = await freePort();
      const tls = ["--tls-cert-file", authority, "--tls-key-file", key, "--tls-auth-clients", "no"];
      return keep(port, ["--port", "0", "--tls-port", String(port), ...tls]);
    },
  };
}

async function startAt(port: number, options: readonly string[]): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), "neuromotor-redis-"));
  let child: ChildProcess | undefined;
  const start = async () => {
    const args = ["--dir", folder, "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"];
    child = spawn("redis-server", [...args, ...options], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    for await (const chunk of child.stdout!) {
      text += chunk;
      if (/Ready to accept connections/.test(text)) break;
    }
    child.stdout!.resume();
  };
  const kill = () => child?.kill("SIGKILL");
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart(pause = 0) {
      const ended = new Promise((resolve) => child!.once("close", resolve));
      kill();
      await ended;
      await wait(pause);
      await start();
    },
    remove() {
      kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
