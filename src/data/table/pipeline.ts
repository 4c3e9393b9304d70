import { DataError } from "../../core/errors.js";
import { optionsOf } from "../../core/options.js";
import type { Pipeline, PipelineEntry } from "../preprocessing/pipeline.js";
import type { Step } from "../preprocessing/step.js";
import { dateParts, type ImputeOptions, impute, oneHot, scaleMinMax, scaleStandard } from "../preprocessing/steps.js";
import type { ColumnInfo } from "./infer.js";

/** Scales of numbers: to mean 0 and deviation 1, to 0 up to 1, or not. */
export type Scaling = "standard" | "minmax" | "none";

/** Options of the steps that a table's features go through by default. */
export interface DefaultPipelineOptions {
  /** Default "standard". */
  scale?: Scaling;
  /** Value that replaces a gap in a column of numbers; "median". */
  impute?: ImputeOptions["by"];
  /** Adds a column of 0 and 1 that tells where numbers had gaps. Default false. */
  indicators?: boolean;
}

/**
 * The steps that a table's features go through where nobody chose others: gaps in numbers filled with the median, numbers
 * and parts of dates scaled, categories as columns of 0 and 1.
 */
export function defaultPipeline(columns: readonly ColumnInfo[], options: DefaultPipelineOptions = {}): Pipeline {
  const defaults = { scale: "standard", impute: "median", indicators: false } as const;
  const { scale, impute: by, indicators } = optionsOf("Table.pipeline", options, defaults);
  const scaling: Step[] = scale === "standard" ? [scaleStandard()] : scale === "minmax" ? [scaleMinMax()] : [];
  const fill = impute({ by, indicator: indicators });
  const steps: Record<string, readonly Step[]> = {
    number: [fill, ...scaling],
    boolean: [impute({ by: "mostFrequent", indicator: indicators })],
    date: [dateParts(), impute({ by: "median" }), ...scaling],
    category: [oneHot()],
  };
  const entries = columns
    .filter(({ role }) => role === "feature")
    .map(({ name, reading }): PipelineEntry => ({ columns: [name], steps: steps[reading!.kind] }));
  if (entries.length === 0) throw new DataError("There is no column to learn from.");
  return entries;
}
