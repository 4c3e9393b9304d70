import { decodeModel, encodeModel } from "../../formats/model.js";
import type { KeptTraining } from "../../sweep/kept.js";
import type { Trainer } from "../../training/trainer.js";
import { epochsAsText, epochsFrom } from "./forms.js";

/** Larger trainings under way aren't kept: they are begun anew. */
const MOST_BYTES = 64 * 1024 ** 2;

/**
 * A training under way as bytes: the lengths of its two texts (epochs; the model's JSON), these, and its safetensors.
 *
 * @throws ArgumentError when the model has functions of the user's own; Error when it is too large
 */
export function encodeKept({ model }: Trainer, { snapshot, epochs, seconds }: KeptTraining): Uint8Array {
  const { json, safetensors } = encodeModel(model, snapshot.training);
  const texts = [epochsAsText(epochs, seconds), json].map((text) => Buffer.from(text));
  const head = Buffer.alloc(4 * texts.length);
  for (const [i, { length }] of texts.entries()) head.writeUInt32LE(length, 4 * i);
  const bytes = Buffer.concat([head, ...texts, safetensors]);
  if (bytes.length > MOST_BYTES) throw new Error("The training is too large to be kept.");
  return bytes;
}

/** @returns undefined for bytes that are something else: the training is begun anew */
export function decodeKept(given: Uint8Array): KeptTraining | undefined {
  try {
    const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    const first = 8 + bytes.readUInt32LE(0);
    const ends = [8, first, first + bytes.readUInt32LE(4)];
    const [epochs, json] = [0, 1].map((i) => bytes.toString("utf8", ends[i], ends[i + 1]));
    const model = decodeModel({ json, safetensors: Uint8Array.from(bytes.subarray(ends[2])) });
    const snapshot = { training: model.training!, parameters: model.parameters() };
    return { snapshot, ...epochsFrom(epochs) };
  } catch {
    return undefined;
  }
}
