/** Models that a visitor brings: fetched with the first. */
import { decodeModel, type Model, type ModelFiles, type Shape } from "neuromotor";

const written = (shape: Shape): string => shape.join(" × ");

/**
 * The model of two files, for data of a shape. It goes on from its last step where the page saved it, else it begins anew.
 *
 * @throws Error where it takes or gives something else; FormatError as `decodeModel`
 */
export function modelOf(files: ModelFiles, input: Shape, outputs: number): Model {
  const model = decodeModel(files);
  if (written(model.input) !== written(input) || written(model.output) !== String(outputs)) {
    throw new Error(
      `The model takes ${written(model.input)} numbers and gives ${written(model.output)}, but these data need one that ` +
        `takes ${written(input)} and gives ${outputs}. Choose the data that it was trained on first.`,
    );
  }
  if (!("playground" in model.metadata)) model.training = undefined;
  return model;
}
