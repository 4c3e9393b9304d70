import { ArgumentError } from "../../core/errors.js";
import { shown } from "../../core/shown.js";
import { arePairs, ofPairs } from "./byte-pairs.js";
import { bytes, ofCharacters, type Tokenizer, type TokenizerJson } from "./tokenizer.js";
import { ofWords } from "./words.js";

/** The tokenizer that JSON describes. @throws ArgumentError when it describes none */
export function tokenizerFromJson(json: TokenizerJson): Tokenizer {
  if (json?.tokenizer === "bytes") return bytes();
  if (json?.tokenizer === "characters" && typeof json.vocabulary === "string" && json.vocabulary !== "") {
    return ofCharacters([...json.vocabulary], json.unknown === true);
  }
  if (json?.tokenizer === "words" && areWords(json.vocabulary)) return ofWords(json.vocabulary);
  if (json?.tokenizer === "bytePairs" && arePairs(json.pairs)) return ofPairs(json.pairs);
  throw new ArgumentError(`tokenizerFromJson: needs what a tokenizer's toJSON() gives, got ${shown(json)}.`);
}

const areWords = (given: unknown): given is readonly string[] =>
  Array.isArray(given) && given.every((word) => typeof word === "string" && word !== "");
