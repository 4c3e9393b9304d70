import type { Backend } from "../../src/index.js";
import { type Api, loadApi, loadGpuClasses, MissingName } from "./api.js";
import { cases } from "./cases.js";
import { count } from "./counts.js";
import { devices } from "./devices.js";
import { type Numbers, train } from "./train.js";

/* One checkout's trainings, one after the other, in a process of its own. */

export interface Order {
  checkout: string;
  counts: boolean;
  /** Names of cases and devices. */
  jobs: readonly (readonly [name: string, device: string])[];
}

export type Outcome = { numbers: Numbers } | { missing: string } | { failed: string };

process.once("message", async (order: Order) => {
  const { checkout, counts, jobs } = order;
  const api = await loadApi(checkout);
  const gpuClasses = counts ? await loadGpuClasses(checkout) : {};
  const opened = new OpenedDevices(api);
  for (const [name, device] of jobs) {
    await sent(await run(api, opened, name, device, counts ? gpuClasses : undefined));
  }
  process.exit();
});

const sent = (outcome: Outcome) => new Promise<void>((done) => process.send!(outcome, () => done()));

/** Devices are kept open: trainings share the kernels that they have in common. */
class OpenedDevices {
  readonly #opened = new Map<string, Backend>();

  constructor(private readonly api: Api) {}

  async get(name: string, maxBufferBytes?: number): Promise<Backend> {
    const key = `${name} ${maxBufferBytes}`;
    const { options, plainWasm } = devices[name];
    const open = () => this.api.openDevice({ ...options, maxBufferBytes });
    const device = this.#opened.get(key) ?? (await (plainWasm ? withPlainWasm(open) : open()));
    this.#opened.set(key, device);
    return device;
  }
}

async function run(
  api: Api,
  opened: OpenedDevices,
  name: string,
  deviceName: string,
  gpuClasses?: Awaited<ReturnType<typeof loadGpuClasses>>,
): Promise<Outcome> {
  try {
    const training = cases.find((each) => each.name === name)!.make(api);
    const device = await opened.get(deviceName, training.maxBufferBytes);
    return { numbers: await (gpuClasses ? count(training, api, device, gpuClasses) : train(training, api, device)) };
  } catch (error) {
    const { name: kind, message } = error as Error;
    const missing =
      error instanceof MissingName ||
      (kind === "DeviceError" && message.includes(" has no ")) || // an adapter that can't
      message.startsWith("openDevice: products"); // a checkout that doesn't know a kernel
    return missing ? { missing: message } : { failed: `${kind}: ${message}` };
  }
}

/** Opens a device as where WebAssembly can't do what is asked about. */
async function withPlainWasm<T>(open: () => Promise<T>): Promise<T> {
  const { validate } = WebAssembly;
  WebAssembly.validate = () => false;
  try {
    return await open();
  } finally {
    WebAssembly.validate = validate;
  }
}
