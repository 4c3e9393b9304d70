import type { Dataset } from "../../data/index.js";
import type { Scores, Trainer } from "../../index.js";
import { byFrequency } from "../../report/describe/text.js";
import { count, score, short } from "../text/numbers.js";
import type { Assessment } from "./assess.js";

interface TokenScores extends Scores {
  accuracy: number;
  perplexity: number;
}

/** Scores of a model that foretells the tokens of a text. */
export interface TokenReport {
  /** Tokens that were foretold. */
  tokens: number;
  /** As many tokens as the model is in doubt between. */
  perplexity: number;
  /** Share of tokens that it finds the likeliest. */
  accuracy: number;
  /** The same of always guessing by how often each token occurs in these rows, which looks at no token before. */
  byFrequency: { perplexity: number; accuracy: number };
}

/** Evaluates a model on rows of tokens. */
export async function assessTokens(trainer: Trainer, data: Dataset): Promise<Assessment> {
  const { loss, accuracy, perplexity } = (await trainer.evaluate(data)) as TokenScores;
  const guessed = byFrequency(data.labels);
  const report = { tokens: data.labels.length, perplexity, accuracy, byFrequency: guessed };
  return {
    scores: { loss, accuracy, perplexity },
    details: { report },
    truth: [],
    predicted: [],
    outputs: undefined,
    report: [
      `${count(report.tokens)} tokens`,
      `perplexity ${short(perplexity)} (by frequency alone ${short(guessed.perplexity)})`,
      `accuracy ${score(accuracy)} (always the commonest token ${score(guessed.accuracy)})\n`,
    ].join("\n"),
    line: `perplexity ${short(perplexity)}, accuracy ${score(accuracy)}, loss ${score(loss)}`,
  };
}
