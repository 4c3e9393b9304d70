import { modelSettings, type Settings } from "./model-settings.js";
import { dataSettings } from "./rows/data.js";
import { lossSettings } from "./rows/loss.js";
import { networkSettings } from "./rows/network.js";
import { optimizerSettings } from "./rows/optimizer.js";
import { presetSettings } from "./rows/preset.js";
import { fitSettings } from "./rows/training.js";
import { type Destination, goingTo } from "./setting.js";

/*
 * The table of the options that several commands take; its rows stand in rows/, a file for each heading. Everything about
 * an option follows from its row: how its text is read, its help, where its value goes, how it is saved, how a resumed run
 * checks it, and a test that the value arrives.
 */

export { modelSettings, type Settings } from "./model-settings.js";
export { type BackendChoice, commonSettings, reportSettings } from "./rows/common.js";
export {
  columnSettings,
  dataSettings,
  fileSettings,
  type Scale,
  type Task,
  targetSettings,
} from "./rows/data.js";
export { pageSettings } from "./rows/page.js";
export { earlyStoppingSettings, epochSettings } from "./rows/training.js";

/** The settings that go to one place and have a value. @param to - "fit", "loss", ... */
export const settingsTo = <To extends Destination["to"]>(settings: Settings, to: To) =>
  goingTo(modelSettings, settings, to);

/** Options of the hidden layers or of `fit`, by their names there. */
export const optionsTo = (settings: Settings, to: "dense" | "fit"): Record<string, unknown> =>
  Object.fromEntries(
    settingsTo(settings, to).map(({ goes, value }) => [goes.option, "from" in goes ? goes.from!(value) : value]),
  );

/** Options of all commands that train a model. */
export const trainingSettings = {
  ...dataSettings,
  ...networkSettings,
  ...lossSettings,
  ...optimizerSettings,
  ...fitSettings,
  ...presetSettings,
};
