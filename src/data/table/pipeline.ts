import { DataError } from "../../core/errors.js";
import { optionsOf } from "../../core/options.js";
import { listNames } from "../csv/text.js";
import type { Pipeline } from "../preprocessing/pipeline.js";
import type { Step } from "../preprocessing/step.js";
import { dateParts, type ImputeOptions, impute, oneHot, scaleMinMax, scaleStandard } from "../preprocessing/steps.js";
import { type TokensOptions, tokens } from "../preprocessing/tokens.js";
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
  /** How columns of texts become tokens. */
  tokens?: TokensOptions;
}

/**
 * The steps that a table's features go through where nobody chose others: gaps in numbers filled with the median, numbers
 * and parts of dates scaled, categories as columns of 0 and 1; of texts one sequence of tokens.
 *
 * @throws DataError when there are no features, or texts among others
 */
export function defaultPipeline(columns: readonly ColumnInfo[], options: DefaultPipelineOptions = {}): Pipeline {
  const defaults = { scale: "standard", impute: "median", indicators: false, tokens: {} as TokensOptions } as const;
  const { scale, impute: by, indicators, tokens: ofTexts } = optionsOf("Table.pipeline", options, defaults);
  const scaling: Step[] = scale === "standard" ? [scaleStandard()] : scale === "minmax" ? [scaleMinMax()] : [];
  const fill = impute({ by, indicator: indicators });
  const steps: Record<string, readonly Step[]> = {
    number: [fill, ...scaling],
    boolean: [impute({ by: "mostFrequent", indicator: indicators })],
    date: [dateParts(), impute({ by: "median" }), ...scaling],
    category: [oneHot()],
  };
  const features = columns.filter(({ role }) => role === "feature");
  if (features.length === 0) throw new DataError("There is no column to learn from.");
  const texts = features.filter(({ reading }) => reading!.kind === "text").map(({ name }) => name);
  if (texts.length === 0)
    return features.map(({ name, reading }) => ({ columns: [name], steps: steps[reading!.kind] }));
  if (texts.length === features.length) return [{ columns: texts, steps: [tokens(ofTexts)] }];
  const others = features.map(({ name }) => name).filter((name) => !texts.includes(name));
  throw new DataError(
    `Texts are sequences of ids, and stand in no row with other columns, ${listNames(others)}. Learn from the texts alone, ` +
      `features: [${texts.map((name) => JSON.stringify(name)).join(", ")}], or give each kind an input of its own: prepare(rows, { ` +
      "pipeline: { texts: [...], others: [...] } }).",
  );
}
