/**
 * Whether a parameter is a weight, which penalties and `maxNorm` are for: "dense.weight", "gru.hiddenWeight", "weight_1". Biases,
 * and the scales and shifts of norms, are none.
 *
 * @param name - the parameter's, by which layers say what it is
 */
export const isWeight = (name: string): boolean => /weight(_\d+)?$/i.test(name);
