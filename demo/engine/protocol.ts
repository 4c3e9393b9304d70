/** Messages between the page and the worker that trains. */
import type { ModelFiles } from "neuromotor";
import type { PublishedName, Settings } from "../settings/settings.js";
import type { Answers, Question } from "./questions.js";
import type { Frame, Past, RunInfo, TableInfo } from "./run.js";

/** The four files of published images as the visitor has them, or the wish that they be fetched. */
export type ImageSource = readonly File[] | "fetch";

/** The start of a training, where that isn't new weights from the seed. */
export interface Beginning {
  /** The model whose weights it begins with. */
  files?: ModelFiles;
  /** The training so far: of this model, or of one whose steps are done again. */
  past?: Past;
}

/** An order that takes over from the one before it, which ends where this one comes. */
export type Takeover =
  /** Begins a training anew; the page has no WebGPU where `mayUseGpu` is false. */
  | { do: "open"; settings: Settings; mayUseGpu: boolean; from?: Beginning }
  /** Trains until the epoch `until` is over, or until another order comes. */
  | { do: "play"; until?: number }
  | { do: "pause" }
  /** Goes to the place after so many steps, back or forth, and rests there. */
  | { do: "seek"; step: number };

/** An order of the page. Orders are taken in turn. */
export type Order =
  /** `order` counts them; when one is done, it is told. */
  | (Takeover & { order: number })
  /** The visitor's own table, for trainings that are opened from now on. */
  | { do: "file"; file: File }
  /** Published images, likewise. */
  | { do: "images"; data: PublishedName; source: ImageSource }
  /** Steps a second at the most; as many as there can be where it is undefined. */
  | { do: "pace"; stepsPerSecond: number | undefined }
  /** The epoch to stop after. */
  | { do: "stopAt"; epoch: number | undefined }
  /** The learning rate from the next epoch on. */
  | { do: "rate"; learningRate: number }
  /** A question about the network as it is; the answer has the same number. */
  | { do: "ask"; id: number; question: Question; input: unknown }
  /** The last frame was drawn: the next one may come. */
  | { do: "drawn" };

/** News from the worker. */
export type News =
  | { news: "table"; table: TableInfo }
  | { news: "opened"; info: RunInfo }
  | { news: "frame"; frame: Frame }
  /** An order that takes over is done. */
  | { news: "done"; order: number }
  | { news: "answer"; id: number; answer?: Answers[Question]; error?: string }
  /** `order`: the one that failed; undefined for what no order is to blame for. `isLost`: the GPU was. */
  | { news: "failed"; message: string; order?: number; isLost?: boolean };
