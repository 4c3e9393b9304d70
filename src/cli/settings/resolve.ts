import { FormatError } from "../../index.js";
import type { ImageShape } from "../../report/index.js";
import { layersFor } from "../training/layers.js";
import { isScaled, presetOf, presets, type Sequences } from "./presets.js";
import { defaultsOf, flagOf, negatedFlag, RECIPE, type Setting } from "./setting.js";
import { modelSettings, type Settings } from "./table.js";

/** With fewer rows than this, parts of them say nothing: all are trained on. */
const LEAST_ROWS_TO_SPLIT = 20;

/** Optimizers that Adam's rate doesn't suit, with one that does. */
const LEARNING_RATES: Readonly<Record<string, number>> = { sgd: 0.05, adagrad: 0.05, adadelta: 1, lion: 5e-4 };

/** Facts about a data set that its settings depend on. */
export interface DataFacts {
  /** The sample's name; undefined for a file. */
  sample: string | undefined;
  rows: number;
  /** Whether rows are images: pixels have one scale, and scaling each by its own would blow up rare ink. */
  hasImages?: boolean;
  /** The shape of images, also of those that lie in flat rows. */
  image?: ImageShape;
  /** Whether a part to test with was published apart. */
  hasTest?: boolean;
  /** Kind of the data, where they are sequences. */
  sequences?: Sequences;
}

/**
 * Settings of a training: values that were asked for, else the preset's, else the settings' own defaults. Of a preset
 * only what a training can't do without is taken where the command line has a recipe of its own, so that nothing is
 * added to it unasked.
 *
 * @param preset - "auto" for the data's own, "none", or a preset's name
 */
export function settingsFor(
  { sample, rows, hasImages, image, hasTest, sequences }: DataFacts,
  asked: Partial<Settings> & { preset?: string },
): Settings {
  const settings = defaultsOf(modelSettings) as Settings;
  if (hasImages || isScaled(sample) || sequences?.startsWith("text")) settings.scale = "none";
  const { preset = "auto" } = asked;
  const { needed, tuned, patience } = presetOf(preset, sample, sequences);
  const isAsked = (name: string) => asked[name as keyof Settings] !== undefined;
  const hasRecipe = Object.entries(modelSettings).some(([name, { goes }]) => isAsked(name) && RECIPE.includes(goes.to));
  Object.assign(settings, needed, !hasRecipe && tuned, !isAsked("epochs") && patience && { earlyStopping: patience });
  if (preset !== "none" && asked.optimizer !== undefined) {
    settings.learningRate = LEARNING_RATES[asked.optimizer] ?? settings.learningRate;
  }
  if (asked.average !== undefined) settings.earlyStopping = 0; // which goes back to parameters, not to their averages
  if (hasTest) settings.test = 0;
  if (Math.min(rows, asked.maxRows ?? rows) < LEAST_ROWS_TO_SPLIT) Object.assign(settings, { test: 0, validation: 0 });
  const names = Object.keys(modelSettings).filter(isAsked);
  Object.assign(settings, Object.fromEntries(names.map((name) => [name, asked[name as keyof Settings]])));
  if (image) settings.layers = layersFor(settings.layers, image);
  // Without a validation part the training loss would be watched, which says nothing of when to stop.
  if (settings.validation === 0 && !isAsked("earlyStopping")) settings.earlyStopping = 0;
  return settings;
}

/**
 * Settings that a model was saved with, by this release or an older one.
 *
 * @param name - of the model, for messages
 * @throws FormatError when a value isn't one of its setting
 */
export function settingsFrom(saved: Readonly<Record<string, unknown>>, name: string): Settings {
  const settings: Record<string, unknown> = defaultsOf(modelSettings);
  for (const [setting, { kind, before }] of Object.entries<Setting>(modelSettings)) {
    const value = saved[setting] === undefined ? before?.(saved) : saved[setting];
    if (value === undefined) continue;
    settings[setting] = value === kind.negated ? value : kind.parse(String(value));
    if (settings[setting] !== undefined) continue;
    throw new FormatError(
      `${name}: the metadata in model.json has the setting ${setting} ${JSON.stringify(value)}, which must be ` +
        `${kind.expected}.`,
    );
  }
  return settings as Settings;
}

/** Settings without those that have their default. */
export function withoutDefaults(settings: Settings): Partial<Settings> {
  const defaults: Record<string, unknown> = defaultsOf(modelSettings);
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => String(value) !== String(defaults[name])),
  );
}

/** Settings as the options that give them. */
export const asOptions = (settings: Partial<Settings>): string =>
  Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => asOption(name, modelSettings[name as keyof Settings], value))
    .join(" ");

function asOption(name: string, { kind, value: word }: Setting, value: unknown): string {
  if (value === kind.negated) return negatedFlag(name);
  const flag = flagOf(modelSettings, name);
  return word === undefined ? flag : `${flag} ${kind.format(value)}`;
}

/** The presets as lines of help. */
export function describePresets(): string {
  return Object.entries(presets)
    .map(([name, { needed, tuned, patience }]) => {
      const settings = { ...needed, ...tuned, ...(patience !== undefined && { earlyStopping: patience }) };
      return `  ${name.padEnd(10)}${asOptions(settings)}`;
    })
    .join("\n");
}
