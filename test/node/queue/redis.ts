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

const cleanups: (() => void)[] = [];
afterAll(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

export interface RedisServer {
  port: number;
  url: string;
  /** Kills it at once, and starts it again. Without options that persist, it has forgotten everything. */
  restart(pause?: number): Promise<void>;
  kill(): void;
}

/** Starts a server in a folder of its own, which ends with the tests of the file. @param options - of redis-server */
export const startRedis = async (...options: readonly string[]): Promise<RedisServer> => {
  const port = await freePort();
  return startAt(port, ["--port", String(port), ...options]);
};

/** Starts a server that speaks TLS alone. @param authority - path to which the certificate is written that clients are to trust */
export async function startTlsRedis(authority: string): Promise<RedisServer> {
  const key = `${authority}.key`;
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const files = ["-keyout", key, "-out", authority];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...files, ...names], {
    stdio: "ignore",
  });
  const port = await freePort();
  const tls = ["--tls-cert-file", authority, "--tls-key-file", key, "--tls-auth-clients", "no"];
  return startAt(port, ["--port", "0", "--tls-port", String(port), ...tls]);
}

async function startAt(port: number, options: readonly string[]): Promise<RedisServer> {
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
  cleanups.push(() => {
    kill();
    rmSync(folder, { recursive: true, force: true });
  });
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
  };
}
