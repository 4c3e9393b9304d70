/// <reference lib="webworker" />
/** The thread that trains: takes the page's orders one after another. */
import { type Backend, DeviceError, openDevice } from "neuromotor";
import type { BackendChoice } from "../settings/settings.js";
import { Pace } from "./pace.js";
import type { News, Order } from "./protocol.js";
import { Session } from "./session.js";

const tell = (news: News, moved: Transferable[] = []) => postMessage(news, { transfer: moved });

const pace = new Pace();
const devices = new Map<string, Promise<Backend>>();
let session: Session | undefined;
let runs = 0;
/** The work in hand, or the last one. */
let work: Promise<unknown> = Promise.resolve();
/** Number of the last order that takes over from those before it. */
let latest = 0;

/** A device, opened once for each choice; the CPU where there is no WebGPU. */
function deviceFor(choice: BackendChoice, mayUseGpu: boolean): Promise<Backend> {
  const backend = mayUseGpu || choice === "cpu" ? choice : "wasm";
  let device = devices.get(backend);
  if (!device) {
    device = openDevice({ backend }).catch((error) => {
      devices.delete(backend);
      if (!(error instanceof DeviceError) || backend !== "webgpu") throw error;
      return openDevice({ backend: "wasm" });
    });
    devices.set(backend, device);
  }
  return device;
}

/** Does work once what is at work was halted; left out where an order that takes over came meanwhile. */
function takeOver(next: () => Promise<unknown>): void {
  const number = ++latest;
  session?.halt();
  work = work
    .then(() => (number === latest ? next() : undefined))
    .catch((error: Error) => tell({ news: "failed", message: error.message }));
}

async function open({ settings, mayUseGpu }: Order & { do: "open" }): Promise<void> {
  session?.dispose();
  session = undefined;
  const device = await deviceFor(settings.backend, mayUseGpu);
  session = await Session.open(++runs, settings, device, pace, tell);
}

/** After it was halted, a session is ready to go on. */
const resumed = (next: (session: Session) => Promise<unknown>) => () => {
  if (!session) return Promise.resolve();
  session.resume();
  return next(session);
};

async function answer({ id, question }: Order & { do: "ask" }): Promise<void> {
  try {
    if (session) tell({ news: "answer", id, answer: await session.ask(question) });
  } catch (error) {
    tell({ news: "answer", id, error: (error as Error).message });
  }
}

function take(order: Order): void {
  switch (order.do) {
    case "open":
      takeOver(() => open(order));
      break;
    case "play":
      takeOver(resumed((each) => each.train(order.until)));
      break;
    case "seek":
      takeOver(resumed((each) => each.seek(order.step)));
      break;
    case "pause":
      takeOver(async () => session?.rest("paused"));
      break;
    case "rate":
      session?.chooseRate(order.learningRate);
      work = work.then(() => session?.settleRate());
      break;
    case "pace":
      pace.wanted = order.stepsPerSecond;
      break;
    case "ask":
      void answer(order);
      break;
    case "drawn":
      session?.drawn();
  }
}

addEventListener("message", ({ data }: MessageEvent<Order>) => take(data));
