import { optimizerCases } from "./cases-optimizers.js";
import { trainingCases } from "./cases-training.js";
import type { Case } from "./training.js";

export const cases: readonly Case[] = [...optimizerCases, ...trainingCases];
