/**
 * The entry for programs that predict with saved models and train none: a page takes a third of the code that it needs to
 * train. Pages that train predict with their `Trainer` instead: they would load much twice.
 */
export type { Backend } from "./backends/backend.js";
export { ArgumentError, DataError, DeviceError, FormatError, ShapeError } from "./core/errors.js";
export type { LoadOptions, ModelFiles } from "./formats/saved-model.js";
export { type LayerKind, type RegisteredLayerOptions, registerLayer } from "./layers/registered.js";
export type { FeatureSource } from "./training/feature-source.js";
export type { PredictOptions } from "./training/predict.js";
export type { PredictRowsOptions, RowPredictions } from "./training/predict-rows.js";
export type { Prediction } from "./training/prediction.js";
export { loadPredictor, type Predictor, type PredictorOptions } from "./training/predictor.js";
