import type { Tokenizer } from "../../data/index.js";
import { type Callback, generate, type Trainer } from "../../index.js";

/** A text that a model wrote after an epoch. */
export interface WrittenSample {
  epoch: number;
  text: string;
}

/** Texts of a model that learns: after the prompt, which it has. */
export interface Writing {
  prompt: string;
  samples: readonly WrittenSample[];
}

const TOKENS = 120;
const TEMPERATURE = 0.8;
/** Samples are written this many times further apart each time. */
const SPACING = 1.5;

/**
 * Lets a model write a text after the first epoch and ever more rarely from there on.
 *
 * @param prompt - tokens to go on from
 */
export function writeSamples(
  trainer: Trainer,
  tokenizer: Tokenizer,
  prompt: Uint32Array,
  seed: number,
): Callback & { readonly writing: Writing } {
  let samples: WrittenSample[] = [];
  let next = 1;
  const write = async (epoch: number) => {
    const ids = await generate(trainer, prompt, { length: TOKENS, temperature: TEMPERATURE, seed });
    samples.push({ epoch, text: tokenizer.decode(ids.subarray(prompt.length)) });
  };
  return {
    name: "samples",
    get writing() {
      return { prompt: tokenizer.decode(prompt), samples };
    },
    async onEpoch({ epoch }) {
      if (epoch < next) return;
      next = Math.max(epoch + 1, Math.ceil(epoch * SPACING));
      await write(epoch);
    },
    async onEnd({ epochs }) {
      const last = epochs.at(-1)?.epoch;
      if (last !== undefined && samples.at(-1)?.epoch !== last) await write(last);
    },
    saveState: () => ({ samples, next }),
    restoreState(state) {
      ({ samples, next } = structuredClone(state) as { samples: WrittenSample[]; next: number });
    },
  };
}
