import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ResultStore } from "../../src/cli/experiments/store.js";
import { PredictionSheet } from "../../src/cli/runs/prediction-sheet.js";
import { publishedBytes } from "../../src/data/named/download.js";
import { csvLog, openJournal } from "../../src/node.js";

/* Writes files as a process of its own, of which none may be larger than some bytes: prints the error that it ends with. */

const [folder, what] = process.argv.slice(2);
const LONG = "a long line ".repeat(2000);
const record = { epoch: 1, loss: 0.5, learningRate: 0.1, seconds: 1 };
const control = { scores: new Map([[LONG, "lower"]]), evaluates: [] };

async function sheet(): Promise<void> {
  const writing = await PredictionSheet.open(join(folder, "predictions.csv"), undefined as never);
  try {
    const block = { header: ["a"], delimiter: ",", texts: [[LONG], ["2"]] };
    await writing.write(block as never, { values: [1, 2] } as never);
    await writing.close();
  } catch (error) {
    await writing.abandon();
    throw error;
  }
}

async function download(): Promise<void> {
  const server = createServer((_, response) => response.end(LONG)).listen(0, "127.0.0.1");
  await new Promise((ready) => server.once("listening", ready));
  const urls = ["a", "b"].map((name) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`);
  const file = { path: "set/file.bin", bytes: LONG.length, sha256: "0", urls };
  await publishedBytes(file, { dataDir: folder }).finally(() => server.closeAllConnections());
}

const work: Record<string, () => Promise<unknown>> = {
  sheet,
  download,
  store: async () => (await ResultStore.open(folder)).add(LONG, {} as never),
  log: async () => csvLog(join(folder, "log.csv")).onEpoch!(record as never, control as never),
  journal: async () => openJournal(join(folder, "study.log")).update(() => ['{"first":1}', LONG]),
};
try {
  await work[what]();
  console.log("no error");
} catch (error) {
  console.log((error as Error).message);
}
process.exit();
