import type { Backend, EpochRecord } from "../../index.js";
import type { Settings } from "../settings/table.js";
import { type Assessment, assessPart, type Details } from "../training/assess.js";
import { deviceFields } from "../training/devices.js";
import type { LoadedData } from "../training/load-data.js";
import type { Plan } from "../training/plan.js";
import { type Trained, trainingFields } from "../training/train.js";

/** What came of a training, as --json prints it and a run's folder keeps it. */
export type RunResult = {
  data: string;
  seed: number;
  settings: Settings;
  backend: string;
  adapter: string;
  software: boolean;
  evaluatedOn: "test" | "train";
  /** How many rows that are. */
  rows: number;
  loss: number;
  accuracy?: number;
  r2?: number;
  /** Scores of the rows that training watched, and of those that it learned from, without dropout. */
  validation: Assessment["scores"] | null;
  train: Assessment["scores"];
  epochs: number;
  steps: number;
  seconds: number;
  setupSeconds: number;
  stepsPerSecond: number;
  parameters: number;
} & Details;

/** A training that was evaluated. */
export interface Assessed {
  result: RunResult;
  /** On the rows held out, or the training's own where there are none. */
  held: Assessment;
  history: readonly EpochRecord[];
}

/** Evaluates a trained model on all its parts. @param digits - decimals of the report */
export async function assessRun(
  { data }: LoadedData,
  plan: Plan,
  trained: Trained,
  device: Backend,
  digits: number | undefined,
): Promise<Assessed> {
  const { parts, settings, seed, model } = plan;
  const train = await assessPart(trained, plan, "train", { digits });
  const validation = parts.validation && (await assessPart(trained, plan, "validation"));
  const held = parts.test ? await assessPart(trained, plan, "test", { digits }) : train;
  const result = {
    data: data.name,
    seed,
    settings,
    ...deviceFields(device),
    evaluatedOn: parts.test ? ("test" as const) : ("train" as const),
    rows: (parts.test ?? parts.train).rows,
    ...held.scores,
    ...held.details,
    validation: validation?.scores ?? null,
    train: train.scores,
    ...trainingFields(trained),
    parameters: model.parameterCount,
  };
  return { result, held, history: trained.history.epochs };
}

/** The history without wall-clock times, so that equal runs print the same. */
export const untimed = (history: readonly EpochRecord[]) => history.map(({ seconds, ...record }) => record);
