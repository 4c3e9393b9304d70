import { crc32c } from "../core/crc.js";
import { FormatError } from "../core/errors.js";

/** CRC-32C of a saved model's two files, eight hexadecimal digits each. */
export interface Checksums {
  /** Of model.json's text with zeros in this place, and with the line ends that it was written with. */
  json: string;
  safetensors: string;
}

const NONE = "00000000";
/** The first place in a model's JSON that looks like this is the right one: only constants come before it. */
const PLACE = /("checksums": \{\s*"json": ")([0-9a-f]{8})(?=")/;

const checksumOf = (bytes: Uint8Array) => crc32c(bytes).toString(16).padStart(8, "0");
const checksumOfText = (json: string) => checksumOf(new TextEncoder().encode(json.replaceAll("\r", "")));

/** Checksums of files that are being written; the JSON's is put in by `sealJson`. */
export const checksumsFor = (safetensors: Uint8Array): Checksums => ({
  json: NONE,
  safetensors: checksumOf(safetensors),
});

/** Puts the JSON's own checksum into it. */
export function sealJson(json: string): string {
  const own = checksumOfText(json);
  return json.replace(PLACE, (_, before) => before + own);
}

const REWRITE = "write it anew: saveModel(await loadModel(folder, { unchecked: true }), folder).";

/** The error for files that say nothing of how they were written. */
export const uncheckable = (name: string) =>
  new FormatError(
    `${name}: model.json has no checksums, so that nothing tells whether the files are as they were written. Use ` +
      `another copy; if it was changed by hand, or written by another program, ${REWRITE}`,
  );

/** @throws FormatError when the JSON isn't what was written */
export function checkJson(json: string, name: string): void {
  const written = json.match(PLACE)?.[2];
  const own = checksumOfText(json.replace(PLACE, (_, before) => before + NONE));
  if (own === written) return;
  throw new FormatError(
    `${name}: model.json is damaged: its checksum is ${own}, not ${written ?? "the one it was written with"}. Use another ` +
      `copy; if it was changed by hand, delete its "checksums" and ${REWRITE}`,
  );
}

/** @throws FormatError when the safetensors file isn't the one that was written with the JSON */
export function checkSafetensors(bytes: Uint8Array, { safetensors }: Checksums, name: string): void {
  const own = checksumOf(bytes);
  if (own === safetensors) return;
  throw new FormatError(
    `${name}: the safetensors file is damaged, or another model's: its checksum is ${own}, model.json says ` +
      `${safetensors}. Use another copy of both.`,
  );
}
