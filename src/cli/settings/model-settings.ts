import { dataSettings, embedSettings, sequenceSettings } from "./rows/data.js";
import { lossSettings } from "./rows/loss.js";
import { networkSettings } from "./rows/network.js";
import { optimizerSettings } from "./rows/optimizer.js";
import { earlyStoppingSettings, epochSettings, fitSettings } from "./rows/training.js";
import { group, type Values } from "./setting.js";

/** Settings that are saved with a model. */
export const modelSettings = {
  ...group("Data", { scale: dataSettings.scale, imageSize: dataSettings.imageSize }),
  ...embedSettings,
  ...sequenceSettings,
  ...networkSettings,
  ...lossSettings,
  ...optimizerSettings,
  ...fitSettings,
  ...epochSettings,
  ...earlyStoppingSettings,
};

/** Settings of a training. */
export type Settings = Values<typeof modelSettings>;
