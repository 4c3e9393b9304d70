import type { FurtherTexts } from "../language/index.js";

/**
 * A quantity's name in words: "dense_1.weight.gradient" is "Gradient of the weights of layer 2".
 *
 * @param layer - number of its layer, from 0
 */
export function quantityName(name: string, layer: number | undefined, { words, of }: FurtherTexts["step"]): string {
  const parts = name.split(".");
  const isOfLayer = !(parts[0] in words);
  const known = isOfLayer ? parts.slice(1) : parts;
  let text = "";
  for (const [i, part] of known.entries()) {
    const word = words[part] ?? part;
    if (i > 0) text = of(word, text);
    else text = isOfLayer && layer !== undefined ? of(word, words.layer, layer + 1) : word;
  }
  return text.charAt(0).toUpperCase() + text.slice(1);
}
