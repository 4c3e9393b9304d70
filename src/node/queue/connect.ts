import { setTimeout as wait } from "node:timers/promises";
import type { Redis } from "ioredis";
import { ArgumentError } from "../../core/errors.js";

/** BullMQ, and a connection to the Redis server that it works on. */
export interface Connection {
  bullmq: typeof import("bullmq");
  redis: Redis;
  /** Ends it for good: its duplicates, such as BullMQ makes, don't come back to a server that is away. */
  close(): void;
}

/** The host has so long to answer at first. */
const FIRST_MILLISECONDS = 5000;
/** A server that refuses connections may be just starting: it is asked again for so long. */
const STARTING_MILLISECONDS = 3000;
const INTERRUPTED_MILLISECONDS = 200;
/** From one attempt to come back to a server to the next, at most. */
const LONGEST_PAUSE = 1000;

/** @throws ArgumentError when it isn't the URL of a Redis server */
export function checkUrl(given: string): URL {
  const refuse = (why: string) =>
    new ArgumentError(
      `The queue's URL ${why}. It is redis://[[user]:password@]host[:port][/database], or rediss:// for TLS; signs such as ` +
        "@ and / stand in a password as %40 and %2F.",
    );
  if (typeof given !== "string" || !URL.canParse(given)) throw refuse("is none");
  const url = new URL(given);
  if (url.protocol !== "redis:" && url.protocol !== "rediss:") throw refuse(`begins with ${url.protocol}//`);
  if (url.hostname === "") throw refuse("names no host");
  if (!/^\/?\d{0,5}$/.test(url.pathname)) throw refuse(`has ${url.pathname.slice(0, 40)} for the number of a database`);
  if (url.search || url.hash) throw refuse("has a ? or # after it");
  return url;
}

/** A URL as messages show it. */
export function shownUrl(url: URL): string {
  const { protocol, host, pathname, password } = url;
  return `${protocol}//${password ? ":***@" : ""}${host}${pathname.length > 1 ? pathname : ""}`;
}

/**
 * Connects to a Redis server. A connection that is lost later on comes back by itself, as often as need be.
 *
 * @throws ArgumentError when the URL is none, a package isn't installed, or the server refuses the password
 * @throws Error when no server answers
 */
export async function connect(given: string): Promise<Connection> {
  const url = checkUrl(given);
  const bullmq = await load(() => import("bullmq"));
  const { Redis } = await load(() => import("ioredis"));
  const started = performance.now();
  for (;;) {
    try {
      return { bullmq, ...(await connectOnce(url, Redis)) };
    } catch (error) {
      const { message } = error as Error;
      const isStarting = /ECONNREFUSED|ECONNRESET|LOADING|Connection is closed/.test(message);
      if (!isStarting || performance.now() - started > STARTING_MILLISECONDS) throw refusal(url, error as Error);
      await wait(INTERRUPTED_MILLISECONDS);
    }
  }
}

/** @throws Error with what the server, or the way to it, says */
async function connectOnce(url: URL, Client: typeof Redis): Promise<Omit<Connection, "bullmq">> {
  const database = Number(url.pathname.slice(1));
  let isUp = false;
  const redis = new Client({
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || 6379,
    username: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
    db: database,
    ...(url.protocol === "rediss:" && { tls: { servername: isAddress(url.hostname) ? undefined : url.hostname } }),
    lazyConnect: true,
    connectTimeout: FIRST_MILLISECONDS,
    maxRetriesPerRequest: null, // a command waits for the server to come back
    retryStrategy: (times) => (isUp ? Math.min(LONGEST_PAUSE, 50 * times) : null),
  });
  let reason: Error | undefined;
  redis.on("error", (error: Error) => {
    reason ??= error;
  });
  try {
    await redis.connect();
    await redis.select(database); // connecting doesn't fail where there is none
    isUp = true;
    const close = () => {
      isUp = false;
      redis.disconnect();
    };
    return { redis, close };
  } catch (error) {
    redis.disconnect();
    throw reason ?? error;
  }
}

/** Messages of errors by which a server that was lost, or is just starting, ends what was under way. */
const INTERRUPTED =
  /Connection is closed|Stream isn't writeable|ECONN|EPIPE|ETIMEDOUT|LOADING|NOSCRIPT|EXECABORT|Socket closed|Command aborted/i;

/**
 * Does work on a server again, for as long as that is lost meanwhile.
 *
 * @param redis - the connection to it; once this end has closed it, the work is given up
 * @param work - may be done any number of times
 */
export async function persistently<T>(redis: Redis, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (redis.status === "end" || !INTERRUPTED.test((error as Error).message)) throw error;
      await wait(INTERRUPTED_MILLISECONDS);
    }
  }
}

const isAddress = (host: string): boolean => /^\[|^[\d.]+$/.test(host);

async function load<T>(get: () => Promise<T>): Promise<T> {
  try {
    return await get();
  } catch (cause) {
    const message = "Queues go by way of BullMQ, which isn't installed: npm install bullmq ioredis";
    throw Object.assign(new ArgumentError(message), { cause });
  }
}

/** The error for a server that doesn't take a connection. */
function refusal(url: URL, cause: Error): Error {
  const { message } = cause;
  const where = shownUrl(url);
  const say = (error: Error) => Object.assign(error, { cause });
  if (/WRONGPASS|invalid password/i.test(message)) {
    return say(new ArgumentError(`${where} refuses the password: ${message}`));
  }
  if (/NOAUTH/.test(message)) {
    return say(new ArgumentError(`${where} wants a password: redis://:PASSWORD@${url.host}`));
  }
  if (/DB index/i.test(message)) return say(new ArgumentError(`${where} has no such database: ${message}`));
  const { code } = cause as NodeJS.ErrnoException;
  const tls = /certificate|SSL|TLS|self.signed/i.test(`${code} ${message}`)
    ? " The certificate of an authority of your own is named by the environment variable NODE_EXTRA_CA_CERTS."
    : url.protocol === "redis:" && /closed|ECONNRESET|protocol/i.test(message)
      ? " A server that speaks TLS alone wants rediss://."
      : "";
  return say(
    new Error(`No Redis server answers at ${where}: ${code ?? message.replace(/\.$/, "")}.${tls || start(url)}`),
  );
}

const start = ({ hostname }: URL): string =>
  ["localhost", "127.0.0.1", "[::1]"].includes(hostname)
    ? " redis-server starts one (Debian: apt install redis-server)."
    : "";
