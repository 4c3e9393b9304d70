// @module-tag slow
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fashionMnist, mnist, studentPerformance, tinyshakespeare, titanic } from "neuromotor/data";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../../src/core/errors.js";
import { dataFolder, publishedBytes } from "../../src/data/named/download.js";
import { cifarPart } from "../../src/data/named/named.js";

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251);
const sha256 = createHash("sha256").update(content).digest("hex");

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answers: Record<string, Answer> = {};
let requests: string[] = [];
const server = createServer((request, response) => {
  requests.push(`${request.url} ${request.headers.range ?? ""}`.trim());
  const answer = answers[request.url!];
  if (answer) answer(request, response);
  else response.writeHead(404).end();
});
await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => server.close());

const whole: Answer = (request, response) => {
  const from = Number(request.headers.range?.match(/bytes=(\d+)-/)?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, { "Content-Length": content.length - from });
  response.end(content.subarray(from));
};
/** Ends the connection after so many bytes of what was asked for. */
const breaksOff =
  (after: number): Answer =>
  (_, response) => {
    response.writeHead(200, { "Content-Length": content.length });
    response.write(content.subarray(0, after), () => setTimeout(() => response.destroy(), 20));
  };
const stalls: Answer = (_, response) => {
  response.writeHead(200, { "Content-Length": content.length });
  response.write(content.subarray(0, 1000));
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "neuromotor-data-"));
  answers = {};
  requests = [];
});
afterEach(() => rm(folder, { recursive: true }));

const file = (...paths: string[]) => ({
  path: "set/file.bin",
  bytes: content.length,
  sha256,
  urls: paths.map((path) => base + path),
});
const get = (...paths: string[]) => publishedBytes(file(...paths), { dataDir: folder, stallSeconds: 0.3 });
const kept = () => readdir(join(folder, "set")).catch(() => []);

describe("a published file", () => {
  test("is downloaded once, and kept", async () => {
    answers = { "/a": whole };
    expect(await get("/a")).toEqual(content);
    expect(await get("/a")).toEqual(content);
    expect([requests, await kept()]).toEqual([["/a"], ["file.bin"]]);
  });

  test("comes from the next address where one answers with an error, breaks off or stalls, and goes on where it stopped", async () => {
    answers = { "/broken": breaksOff(100_000), "/stalled": stalls, "/good": whole };
    expect(await get("/none", "/broken", "/good")).toEqual(content);
    expect(requests[0]).toBe("/none");
    expect(requests[2]).toMatch(/^\/good bytes=\d+-$/);
    await rm(join(folder, "set"), { recursive: true });
    expect(await get("/stalled", "/good")).toEqual(content);
  });

  test("a broken download goes on when it is asked for again, and nothing half-written has its name", async () => {
    answers = { "/a": breaksOff(100_000) };
    await expect(get("/a")).rejects.toThrow(DataError);
    expect(await kept()).toEqual(["file.bin.partial"]);
    answers = { "/a": whole };
    expect(await get("/a")).toEqual(content);
    expect([requests[1], await kept()]).toEqual([expect.stringMatching(/^\/a bytes=\d+-$/), ["file.bin"]]);
  });

  test("a server that doesn't go on sends all of it anew", async () => {
    answers = { "/a": breaksOff(100_000) };
    await expect(get("/a")).rejects.toThrow(DataError);
    answers = { "/a": (_, response) => response.end(content) };
    expect(await get("/a")).toEqual(content);
  });

  test("follows redirections", async () => {
    answers = { "/a": (_, response) => response.writeHead(302, { Location: `${base}/b` }).end(), "/b": whole };
    expect(await get("/a")).toEqual(content);
  });

  test.each<[string, Uint8Array]>([
    ["wrong bytes", content.map((byte) => byte ^ 1)],
    ["too many", new Uint8Array([...content, 1])],
    ["too few", content.slice(0, 100)],
  ])("%s are refused, and another address is asked", async (_, bytes) => {
    answers = { "/bad": (_, response) => response.end(bytes), "/good": whole };
    await expect(get("/bad")).rejects.toThrow(/another file|more bytes|broke off/);
    expect(existsSync(join(folder, "set/file.bin"))).toBe(false);
    await rm(join(folder, "set"), { recursive: true });
    expect(await get("/bad", "/good")).toEqual(content);
  });

  test("that can't be had is one error: what each address answered, and where to put which file", async () => {
    answers = { "/wrong": (_, response) => response.end("x") };
    const nobody = { ...file("/none", "/wrong"), urls: [`${base}/none`, `${base}/wrong`, "http://127.0.0.1:1/x"] };
    const failing = publishedBytes(nobody, { dataDir: folder, stallSeconds: 0.3 });
    await expect(failing).rejects.toThrow(DataError);
    await expect(failing).rejects.toThrow(
      /none: the server answered 404.*\n- .*broke off after 1 of.*\n- http:\/\/127\.0\.0\.1:1\/x: fetch failed/,
    );
    await expect(failing).rejects.toThrow(
      `Put the file at ${join(folder, "set", "file.bin")} (300000 bytes, SHA-256 ${sha256})`,
    );
  });

  test("of a mirror is tried first; another file of its name is told, not overwritten", async () => {
    answers = { "/mirror/set/file.bin": whole };
    expect(await publishedBytes(file("/none"), { dataDir: folder, mirrors: [`${base}/mirror/`] })).toEqual(content);
    await writeFile(join(folder, "set/file.bin"), "mine");
    await expect(get("/none")).rejects.toThrow(/isn't the published file.*Remove it/);
    expect(await readFile(join(folder, "set/file.bin"), "utf8")).toBe("mine");
  });
});

test("the folder is the one asked for, that of NEUROMOTOR_DATA, or the user's cache", () => {
  const before = process.env.NEUROMOTOR_DATA;
  try {
    process.env.NEUROMOTOR_DATA = "/somewhere";
    expect([dataFolder("/asked"), dataFolder()]).toEqual(["/asked", "/somewhere"]);
    delete process.env.NEUROMOTOR_DATA;
    expect(dataFolder()).toMatch(/neuromotor[/\\]data$/);
  } finally {
    if (before === undefined) delete process.env.NEUROMOTOR_DATA;
    else process.env.NEUROMOTOR_DATA = before;
  }
});

test("CIFAR's planes become channels beside each other", () => {
  const record = Uint8Array.from({ length: 3073 }, (_, i) =>
    i === 0 ? 7 : Math.floor((i - 1) / 1024) * 100 + ((i - 1) % 50),
  );
  const data = cifarPart([record]);
  expect([data.shape, data.classNames![data.labels[0]]]).toEqual([[32, 32, 3], "horse"]);
  expect([...data.features.subarray(3, 6)].map((value) => Math.round(value * 255))).toEqual([1, 125, 249]);
});

const published = join(dirname(fileURLToPath(import.meta.url)), "../../../shared/data");
describe.runIf(existsSync(published))("the published files", () => {
  const options = { dataDir: published, mirrors: [] };

  test("mnist", async () => {
    const { train, test: held } = await mnist(options);
    expect([train.rows, held.rows, train.shape, train.classes]).toEqual([60_000, 10_000, [28, 28, 1], 10]);
    const counts = new Array<number>(10).fill(0);
    for (const label of train.labels) counts[label]++;
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(train.features.reduce((sum, pixel) => sum + pixel, 0) / train.features.length).toBeCloseTo(0.1307, 4);
  });

  test("fashionMnist", async () => {
    const { train, test: held } = await fashionMnist(options);
    expect([train.rows, held.rows, held.classNames![held.labels[0]]]).toEqual([60_000, 10_000, "Ankle boot"]);
    expect(held.features.reduce((sum, pixel) => sum + pixel, 0) / held.features.length).toBeCloseTo(0.2868, 4);
  });

  test("titanic, studentPerformance, tinyshakespeare", async () => {
    const passengers = await titanic(options);
    expect([passengers.rows, passengers.classNames]).toEqual([891, ["0", "1"]]);
    expect(passengers.columns.map(({ name, role, missing }) => `${name} ${role} ${missing}`)).toEqual([
      "PassengerId left out 0",
      "Survived target 0",
      "Pclass feature 0",
      "Name left out 0",
      "Sex feature 0",
      "Age feature 177",
      "SibSp feature 0",
      "Parch feature 0",
      "Ticket left out 0",
      "Fare feature 0",
      "Cabin left out 687",
      "Embarked feature 2",
    ]);
    const students = await studentPerformance(options);
    expect([students.rows, students.task, students.pipeline().length]).toEqual([10_000, "regression", 5]);
    expect((await tinyshakespeare(options)).length).toBe(1_115_394);
  });
});
