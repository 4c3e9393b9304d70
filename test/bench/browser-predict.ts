import { loadPredictor } from "neuromotor/predict";

/* The least that a page needs to predict with a saved model: what its download weighs is measured. */

const [json, safetensors] = await Promise.all([fetch("model.json"), fetch("model.safetensors")]);
const files = { json: await json.text(), safetensors: new Uint8Array(await safetensors.arrayBuffer()) };
const predictor = await loadPredictor(files);
const { values } = await predictor.predict([[5.1, 3.5, 1.4, 0.2]]);
console.log(predictor.device.backend, values.length);
