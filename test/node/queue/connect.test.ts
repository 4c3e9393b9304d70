// @module-tag slow
import { describe, expect, test } from "vitest";
import { checkUrl, connect, shownUrl } from "../../../src/node/queue/connect.js";
import { useFolder } from "../../fixtures.js";
import { hasRedis, useRedis } from "./redis.js";

const folder = useFolder();
const servers = useRedis();

test.each([
  ["redis://h", "redis://h"],
  ["redis://h:1/2", "redis://h:1/2"],
  ["redis://:p%40ss@h:1", "redis://:***@h:1"],
  ["rediss://me:secret@[::1]:6380/15", "rediss://:***@[::1]:6380/15"],
])("%s is shown as %s", (url, shown) => {
  expect(shownUrl(checkUrl(url))).toBe(shown);
});

test.each([
  ["", "is none"],
  ["localhost:6379", "begins with localhost:"],
  ["http://secret@h", "begins with http:"],
  ["redis:///1", "names no host"],
  ["redis://h/one", "/one for the number of a database"],
  ["redis://h/1?x=1", "has a ? or #"],
  [undefined, "is none"],
])("%s is no URL of a server", (url, message) => {
  expect(() => checkUrl(url as string)).toThrow(message);
  expect(() => checkUrl(url as string)).not.toThrow("secret");
});

/** The error of a connection. It never shows the password. */
async function refused(url: string): Promise<Error> {
  const error = await connect(url).then(
    ({ redis }) => {
      redis.disconnect();
      return new Error("connected");
    },
    (error: Error) => error,
  );
  expect(error.message).not.toMatch(/s3cret|wr0ng/);
  return error;
}

test("a host where nothing answers", async () => {
  expect((await refused("redis://:s3cret@127.0.0.1:1")).message).toMatch(
    /^No Redis server answers at redis:\/\/:\*\*\*@127\.0\.0\.1:1: ECONNREFUSED\. redis-server/,
  );
  expect((await refused("redis://nowhere.invalid")).message).toMatch(
    /^No Redis server answers at redis:\/\/nowhere\.invalid: E/,
  );
});

describe.skipIf(!hasRedis)("a server", () => {
  test("with a password", async () => {
    const { port } = await servers.start("--requirepass", "s3cret/@");
    const at = (user: string, rest = "") => `redis://${user}127.0.0.1:${port}${rest}`;
    const { redis } = await connect(at(":s3cret%2F%40@", "/3"));
    expect(await redis.ping()).toBe("PONG");
    redis.disconnect();
    expect((await refused(at(""))).message).toMatch(/wants a password: redis:\/\/:PASSWORD@127/);
    const wrong = await refused(at(":wr0ng@"));
    expect(wrong.name).toBe("ArgumentError");
    expect(wrong.message).toMatch(/refuses the password: WRONGPASS/);
    expect((await refused(at(":s3cret%2F%40@", "/99"))).message).toMatch(/no such database/);
  });

  test("that speaks TLS", async () => {
    const { port } = await servers.startTls(folder.path("authority.pem"));
    expect((await refused(`rediss://127.0.0.1:${port}`)).message).toMatch(/certificate.*NODE_EXTRA_CA_CERTS/);
    expect((await refused(`redis://127.0.0.1:${port}`)).message).toMatch(/wants rediss:/);
  });
});
