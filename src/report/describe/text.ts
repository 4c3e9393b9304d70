import type { Dataset } from "../../data/dataset.js";
import type { PartName, RunData, RunText } from "../run.js";
import type { DescribeOptions } from "./options.js";

const MOST_SAMPLES = 5;

/** The part of a description that is about a model of text. @param part - that the page tells of */
export function textOf({ text, ...parts }: DescribeOptions, part: PartName): RunText | undefined {
  if (!text) return undefined;
  const { tokenizer, prompt, samples } = text;
  const { labels } = parts[part]!;
  return {
    part,
    tokens: labels.length,
    vocabulary: tokenizer.size,
    byFrequency: byFrequency(labels).perplexity,
    ...(prompt !== undefined && { prompt }),
    ...(samples && { samples }),
  };
}

/** Scores of guessing by how often each token occurs, which looks at none before. @param labels - tokens */
export function byFrequency(labels: ArrayLike<number>): { perplexity: number; accuracy: number } {
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1);
  let entropy = 0;
  let most = 0;
  for (const count of counts.values()) {
    entropy -= (count / labels.length) * Math.log(count / labels.length);
    most = Math.max(most, count);
  }
  return { perplexity: Math.exp(entropy), accuracy: most / labels.length };
}

/** Some rows of the training part, written out, each with the token that follows it. */
export function textSamples(
  { rows, shape, features, labels }: Dataset,
  { decode }: { decode(ids: ArrayLike<number>): string },
): Pick<RunData, "samples" | "featureNames"> {
  const [time] = shape;
  const stride = Math.max(1, Math.floor(rows / MOST_SAMPLES));
  const samples = Array.from({ length: Math.min(MOST_SAMPLES, rows) }, (_, i) => {
    const row = i * stride;
    const end = (row + 1) * time;
    const label = legible(decode([labels[end - 1]]));
    return { row, label, cells: [decode(Array.from(features.subarray(row * time, end)))] };
  });
  return { samples, featureNames: ["text"] };
}

/** A token, in quotation marks where nothing of it could be seen. */
const legible = (token: string) => (token.trim() === "" ? JSON.stringify(token) : token);
