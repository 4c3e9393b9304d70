import { type Tokenizer, tokenizerFromJson } from "../../data/index.js";
import { ArgumentError, generate as generateOn, Trainer } from "../../index.js";
import { loadSaved } from "../runs/saved.js";
import { aboveZeroToOne, atLeastZero, text, wholeNumber } from "../settings/kinds.js";
import { group } from "../settings/setting.js";
import { commonSettings } from "../settings/table.js";
import { plural } from "../text/numbers.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { command, type Invocation } from "./command.js";

const settings = {
  ...group("Writing", {
    prompt: {
      kind: text("a text to go on from"),
      goes: { to: "command" },
      value: "text",
      help: "what the model goes on from",
      otherwise: "a new line, or its first token",
    },
    length: { kind: wholeNumber, goes: { to: "command" }, value: "n", help: "tokens to write", default: 200 },
    temperature: {
      kind: atLeastZero,
      goes: { to: "command" },
      value: "number",
      help: "below 1 the likely tokens are taken more often, at 0 always the likeliest",
      default: 1,
    },
    topK: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "only so many of the likeliest tokens are drawn from",
      otherwise: "all",
    },
    topP: {
      kind: aboveZeroToOne,
      goes: { to: "command" },
      value: "share",
      help: "only the likeliest tokens that together have this probability are drawn from",
      default: 1,
    },
  }),
  ...commonSettings,
};

export const generate = command({
  name: "generate",
  description: "Let a model that was trained on a text write, token by token, on standard output.",
  arguments: [{ name: "model", help: "folder that train --out wrote of a text" }],
  settings,
  run: runGenerate,
});

async function runGenerate({ args: [folder], values, output }: Invocation<typeof settings>): Promise<void> {
  const { length, temperature, topK, topP, seed, backend } = values;
  const { model, metadata } = await loadSaved(folder);
  if (!metadata.tokenizer) {
    throw new ArgumentError(
      `${folder}: it was trained on ${metadata.data}, not on a text. Train one: neuromotor train FILE.txt --network gru --out ${folder}.`,
    );
  }
  const tokenizer = tokenizerFromJson(metadata.tokenizer);
  const prompt = values.prompt ?? beginning(tokenizer);
  tokenizer.encode(prompt); // what it lacks is said before a device is opened
  await withDevice(backend, async (device) => {
    const trainer = new Trainer(model, { device });
    const started = performance.now();
    try {
      output.write(prompt);
      const options = { length, temperature, topK, topP, seed, tokenizer };
      const written = await generateOn(trainer, prompt, {
        ...options,
        onToken: (token) => output.write(String(token)),
      });
      output.write("\n");
      const seconds = (performance.now() - started) / 1000;
      output.note(`neuromotor: ${plural(length, "token")} on ${device.description}`);
      output.json({ model: folder, ...deviceFields(device), seed, prompt, text: written, tokens: length, seconds });
    } finally {
      trainer.dispose();
    }
  });
}

/** A beginning where none is given. */
function beginning(tokenizer: Tokenizer): string {
  try {
    tokenizer.encode("\n");
    return "\n";
  } catch {
    return tokenizer.decode([0]);
  }
}
