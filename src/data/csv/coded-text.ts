const encoder = new TextEncoder();

/**
 * A text with the codes of its characters side by side: parsers look at every character, and reading an array takes a
 * fraction of the time of `charCodeAt`. A 0 follows the last code. Memory is kept from text to text.
 */
export class CodedText {
  text = "";
  /** UTF-16 code units; past the text's length and the 0 after it they mean nothing. */
  codes = new Uint16Array(64);
  #bytes = new Uint8Array(0);

  set(text: string): this {
    const { length } = text;
    this.text = text;
    if (this.codes.length <= length) this.codes = new Uint16Array(length + (length >> 2) + 1);
    if (!this.#setAscii(text)) for (let i = 0; i < length; i++) this.codes[i] = text.charCodeAt(i);
    this.codes[length] = 0;
    return this;
  }

  /** The codes of a long ASCII text are the bytes of its UTF-8, which the platform writes fast. */
  #setAscii(text: string): boolean {
    const { length } = text;
    if (length < 256) return false;
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(this.codes.length);
    const { read, written } = encoder.encodeInto(text, this.#bytes.subarray(0, length));
    if (read !== length || written !== length) return false;
    this.codes.set(this.#bytes.subarray(0, length));
    return true;
  }
}
