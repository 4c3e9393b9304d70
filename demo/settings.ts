import type { ActivationName, DeviceOptions } from "neuromotor";
import { experiments, type Network } from "./experiments.js";

/** What the form says, checked. */
export interface Settings extends Network {
  data: string;
  seed: number;
  backend: NonNullable<DeviceOptions["backend"]>;
}

/** A field that can't be used as it is. The message is for the page. */
export class FieldError extends Error {
  constructor(
    readonly field: keyof Settings,
    message: string,
  ) {
    super(message);
  }
}

const MOST_LAYERS = 8;
const MOST_NEURONS = 1024;

/** @throws FieldError naming the first field that can't be used */
export function readSettings(form: HTMLFormElement): Settings {
  const entries = new FormData(form);
  const text = (field: keyof Settings) => String(entries.get(field) ?? "").trim();
  return {
    data: text("data"),
    layers: readLayers(text("layers")),
    activation: text("activation") as ActivationName,
    optimizer: text("optimizer") as Settings["optimizer"],
    learningRate: readRate(text("learningRate")),
    batchSize: readWhole("batchSize", "Batch size", text("batchSize"), 1),
    epochs: readWhole("epochs", "Epochs", text("epochs"), 1),
    seed: readWhole("seed", "Seed", text("seed"), 0),
    backend: text("backend") as Settings["backend"],
  };
}

/** Fills in what learns a problem well; seed and backend stay. */
export function suggestSettings(form: HTMLFormElement, data: string): void {
  for (const [field, value] of Object.entries(experiments[data].suggested)) {
    const control = form.elements.namedItem(field) as HTMLInputElement | HTMLSelectElement;
    control.value = Array.isArray(value) ? value.join(", ") : String(value);
  }
}

function readLayers(text: string): number[] {
  if (text === "") return [];
  const layers = text.split(/\s*,\s*|\s+/).map((part) => (/^\d+$/.test(part) ? Number(part) : 0));
  if (layers.length > MOST_LAYERS || !layers.every((size) => size >= 1 && size <= MOST_NEURONS)) {
    throw new FieldError(
      "layers",
      `Hidden layers: “${text}” isn’t a list of layer sizes. Write up to ${MOST_LAYERS} whole numbers from 1 to ` +
        `${MOST_NEURONS} with commas between them, such as “16, 8”, or nothing for no hidden layer.`,
    );
  }
  return layers;
}

function readRate(text: string): number {
  const rate = Number(text);
  if (text !== "" && Number.isFinite(rate) && rate > 0) return rate;
  const problem = text === "" ? "is empty" : `can’t be “${text}”`;
  throw new FieldError(
    "learningRate",
    `Learning rate: it ${problem}. Write a number above 0, with a point for decimals, such as “0.01”.`,
  );
}

function readWhole(field: keyof Settings, label: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  const problem = text === "" ? "it is empty" : `it can’t be “${text}”`;
  throw new FieldError(field, `${label}: ${problem}. Write a whole number from ${least} up.`);
}
