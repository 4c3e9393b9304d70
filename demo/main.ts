import { DeviceError, DeviceLostError, type EpochRecord, type History, type Model, type Trainer } from "neuromotor";
import { createCurves, percent, short } from "./curves.js";
import { findDevice, forgetDevices } from "./device.js";
import { experiments } from "./experiments.js";
import { resultOf } from "./result.js";
import { FieldError, readSettings, type Settings, suggestSettings } from "./settings.js";
import { Training } from "./training.js";

declare global {
  /** The last run, for the console. `history` is there once it is over. */
  var neuromotor: { trainer: Trainer; model: Model; history?: History } | undefined;
}

const element = <T extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as T;
const form = element<HTMLFormElement>("settings");
const data = element<HTMLSelectElement>("data");
const backend = element<HTMLSelectElement>("backend");
const [train, pause, stop] = ["train", "pause", "stop"].map(element<HTMLButtonElement>);
const drawCurves = createCurves(element("loss-curve"), element("accuracy-curve"));

let training: Training | undefined;
let records: EpochRecord[] = [];
let frame = 0;

/** Opens the device and says which it is. */
async function showDevice(choice: Settings["backend"]) {
  const { device, advice } = await findDevice(choice);
  element("device").textContent = `Device: ${device.description}`;
  element("advice").textContent = advice ?? "";
  element("advice").hidden = advice === undefined;
  return device;
}

/** Below the field that can't be used, or else below the buttons. */
function showError(error: unknown): void {
  const message = element("error");
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  message.hidden = error === undefined;
  message.textContent = error instanceof Error ? error.message : String(error ?? "");
  if (error instanceof FieldError) {
    const field = form.elements.namedItem(error.field) as HTMLInputElement;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-errormessage", message.id);
    field.closest("fieldset")!.append(message);
    field.focus();
  } else {
    train.parentElement!.after(message);
  }
}

function showProgress(): void {
  frame = 0;
  const { settings, parts, stepsPerEpoch } = training!;
  const last = records.at(-1);
  const both = (show: (scores: EpochRecord | NonNullable<EpochRecord["validation"]>) => string) =>
    last ? show(last) + (last.validation ? `\nvalidation ${show(last.validation)}` : "") : "–";
  const seconds = records.reduce((sum, record) => sum + record.seconds, 0);
  element("epoch").textContent = `${last?.epoch ?? 0} of ${settings.epochs}`;
  element("loss").textContent = both(({ loss }) => short(loss));
  element("accuracy").textContent = both(({ accuracy = 0 }) => percent(accuracy));
  element("speed").textContent = seconds
    ? Math.round((records.length * stepsPerEpoch) / seconds).toLocaleString()
    : "–";
  drawCurves(records, parts.validation !== undefined);
}

/** At most once per frame, however short the epochs are. */
const showProgressSoon = () => {
  frame ||= requestAnimationFrame(showProgress);
};

function showState(status: string): void {
  element("status").textContent = status;
  const focused = document.activeElement;
  train.disabled = training !== undefined;
  pause.disabled = stop.disabled = training === undefined;
  pause.textContent = training?.paused ? "Resume" : "Pause";
  // A button that can't be pressed any more hands the keyboard on.
  if (focused instanceof HTMLButtonElement && focused.disabled) (training ? pause : train).focus();
}

async function run(settings: Settings): Promise<void> {
  const device = await showDevice(settings.backend);
  const parts = await experiments[settings.data].load(settings.seed);
  globalThis.neuromotor?.trainer.dispose();
  training = new Training(settings, parts, device);
  const { model, trainer } = training;
  globalThis.neuromotor = { model, trainer };
  records = [];
  element("summary").textContent = model.summary();
  element("model").hidden = false;
  element("result").hidden = true;
  showState("Training…");
  showProgress();
  const history = await training.run((record) => {
    records.push(record);
    showProgressSoon();
  });
  globalThis.neuromotor.history = history;
  const { title, text, table } = await resultOf(training);
  element("result-title").textContent = title;
  element("result-text").textContent = text;
  element("result-table").replaceChildren(table);
  element("result").hidden = false;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (train.disabled) return;
  train.disabled = true;
  let status = "Ready.";
  try {
    showError(undefined);
    await run(readSettings(form));
    const epochs = `${records.length} epoch${records.length === 1 ? "" : "s"}`;
    status = globalThis.neuromotor?.history?.stopped ? `Stopped after ${epochs}.` : `Done: ${epochs} trained.`;
  } catch (error) {
    showError(error);
    if (training) status = `Ended by an error after ${records.length} epochs.`;
    if (error instanceof DeviceError || error instanceof DeviceLostError) forgetDevices();
  }
  if (frame) cancelAnimationFrame(frame);
  if (training) showProgress();
  training = undefined;
  showState(status);
});

pause.addEventListener("click", () => {
  if (training?.paused) training.resume();
  else training?.pause();
  showState(training?.paused ? "Paused." : "Training…");
});
stop.addEventListener("click", () => training?.stop());
backend.addEventListener("change", () => {
  if (!training) showDevice(backend.value as Settings["backend"]);
});
data.addEventListener("change", showExperiment);

function showExperiment(): void {
  suggestSettings(form, data.value);
  element("data-help").textContent = experiments[data.value].help;
}

// Whatever else goes wrong is said on the page, too.
addEventListener("error", (event) => showError(event.error));
addEventListener("unhandledrejection", (event) => showError(event.reason));

data.append(...Object.entries(experiments).map(([name, { title }]) => new Option(title, name)));
showExperiment();
await showDevice("auto");
