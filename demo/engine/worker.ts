/// <reference lib="webworker" />
/** The thread that trains: takes the page's orders one after another. */
import { type Backend, DeviceError, DeviceLostError, openDevice } from "neuromotor";
import type { BackendChoice } from "../settings/settings.js";
import { takeFile, takeImages } from "./data.js";
import { Pace } from "./pace.js";
import type { News, Order, Takeover } from "./protocol.js";
import type { Inputs } from "./questions.js";
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

/** Stand-in for a backend that this browser doesn't have. */
const FALLBACKS: Partial<Record<BackendChoice, BackendChoice>> = { webgpu: "wasm", wasm: "cpu" };

/** A device, opened once for each choice; the CPU where there is no WebGPU, without SIMD its plain kernels. */
function deviceFor(choice: BackendChoice, mayUseGpu: boolean): Promise<Backend> {
  const backend = mayUseGpu || choice === "cpu" ? choice : "wasm";
  let device = devices.get(backend);
  if (!device) {
    device = openDevice({ backend }).catch((error) => {
      devices.delete(backend);
      const next = FALLBACKS[backend];
      if (!(error instanceof DeviceError) || !next) throw error;
      return deviceFor(next, mayUseGpu);
    });
    devices.set(backend, device);
  }
  return device;
}

/** Does an order once what is at work was halted; left out where one that takes over came meanwhile. */
function takeOver(order: Takeover & { order: number }): void {
  const number = order.order;
  latest = number;
  session?.halt();
  const next = async () => {
    if (number !== latest) return;
    await follow(order);
    tell({ news: "done", order: number });
  };
  work = work.then(next).catch((error: Error) => {
    if (error instanceof DeviceLostError) devices.clear();
    tell({ news: "failed", message: error.message, order: number, isLost: error instanceof DeviceLostError });
  });
}

async function follow(order: Takeover): Promise<void> {
  if (order.do === "open") return open(order);
  if (!session) return;
  session.resume();
  if (order.do === "play") await session.train(order.until);
  else if (order.do === "seek") await session.seek(order.step);
  else await session.show();
}

/** The training before is kept until the new one is there: where that can't be made, nothing is lost. */
async function open({ settings, mayUseGpu, from }: Takeover & { do: "open" }): Promise<void> {
  const device = await deviceFor(settings.backend, mayUseGpu);
  const opened = await Session.open(++runs, settings, device, pace, tell, from);
  const before = session;
  session = opened;
  await before?.dispose();
}

async function answer({ id, question, input }: Order & { do: "ask" }): Promise<void> {
  try {
    if (session) tell({ news: "answer", id, answer: await session.ask(question, input as Inputs[typeof question]) });
  } catch (error) {
    tell({ news: "answer", id, error: (error as Error).message });
  }
}

function take(order: Order): void {
  switch (order.do) {
    case "open":
    case "play":
    case "seek":
    case "pause":
      takeOver(order);
      break;
    case "file":
      takeFile(order.file);
      break;
    case "images":
      takeImages(order.data, order.source);
      break;
    case "rate":
      session?.chooseRate(order.learningRate);
      work = work.then(() => session?.settleRate());
      break;
    case "stopAt":
      session?.stopAfter(order.epoch);
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
