import { DataError } from "../../core/errors.js";

const LINE_FEED = 0x0a;
/** A character of UTF-8 has at most four bytes. */
const LONGEST_SEQUENCE = 4;
/** Bytes looked at for the zero bytes of UTF-16: where one in so many pairs has one, and nearly all in the same place. */
const HEAD = 2 ** 16;
const PAIRS_PER_ZERO = 4;
const FEWEST_ZEROS = 2;

/**
 * Turns the bytes of a text file into text, piece by piece: UTF-8, UTF-16 by its byte order mark or its zero bytes, and
 * Latin-1 (as Windows-1252), which is taken when a byte isn't UTF-8 and all before it was ASCII. `note` says which of
 * them it was, where that isn't UTF-8.
 */
export class TextBytes {
  note: string | undefined;
  #decoder: TextDecoder | undefined;
  #isUtf8 = false;
  #isAscii = true;
  #lines = 0;
  /** Bytes at the end of what came that may begin a character. */
  #held: Uint8Array = new Uint8Array(0);

  constructor(private readonly name: string) {}

  /** The text of the next bytes. @throws DataError when they aren't text in any of these encodings */
  push(bytes: Uint8Array): string {
    this.#decoder ??= this.#begin(bytes);
    let text: string;
    try {
      text = this.#decoder.decode(bytes, { stream: true });
    } catch (cause) {
      text = this.#asLatin1(bytes, cause);
    }
    if (this.#isUtf8 && this.#isAscii) {
      this.#isAscii = !/[^\0-\x7f]/.test(text);
      this.#held = this.#isAscii ? trailingHighBytes(bytes) : new Uint8Array(0);
    }
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#lines++;
    return text;
  }

  /** The text that was left. @throws DataError when the file ends within a character */
  end(): string {
    try {
      return this.#decoder?.decode() ?? "";
    } catch (cause) {
      return this.#asLatin1(new Uint8Array(0), cause);
    }
  }

  #begin(bytes: Uint8Array): TextDecoder {
    const encoding = encodingOf(bytes);
    this.#isUtf8 = encoding === "utf-8";
    if (!this.#isUtf8) this.note = "read as UTF-16";
    return new TextDecoder(encoding, { fatal: true });
  }

  #asLatin1(bytes: Uint8Array, cause: unknown): string {
    if (!(cause instanceof TypeError)) throw cause;
    const all = new Uint8Array(this.#held.length + bytes.length);
    all.set(this.#held);
    all.set(bytes, this.#held.length);
    const lenient = new TextDecoder("utf-8").decode(all);
    const line = this.#lines + lineOf(lenient);
    // Characters of several bytes before the fault: it is UTF-8, and damaged.
    const isMixed = !this.#isAscii || /[^\0-\x7f\ufffd]/.test(lenient.slice(0, lenient.indexOf("\ufffd")));
    if (!this.#isUtf8 || isMixed) {
      const encoding = this.#isUtf8 ? "UTF-8" : "UTF-16";
      throw new DataError(
        `${this.name}: line ${line} isn't valid ${encoding}, though lines before it are. Save it anew.`,
      );
    }
    this.#isUtf8 = false;
    this.#decoder = new TextDecoder("windows-1252");
    this.note = `read as Latin-1, for line ${line} isn't UTF-8: if its letters look wrong, save the file as UTF-8`;
    return this.#decoder.decode(all, { stream: true });
  }
}

/** UTF-8, or UTF-16 by its byte order mark, or by zero bytes: digits and delimiters have one each, in the same place. */
function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const zeros: [even: number, odd: number] = [0, 0];
  const pairs = Math.min(bytes.length, HEAD) >> 1;
  for (let i = 0; i < pairs * 2; i++) if (bytes[i] === 0) zeros[i & 1]++;
  const [even, odd] = zeros;
  const most = Math.max(even, odd);
  const isUtf16 =
    most >= FEWEST_ZEROS && most * PAIRS_PER_ZERO >= pairs && Math.min(even, odd) * PAIRS_PER_ZERO <= most;
  if (!isUtf16) return "utf-8";
  return odd > even ? "utf-16le" : "utf-16be";
}

function trailingHighBytes(bytes: Uint8Array): Uint8Array {
  let start = bytes.length;
  while (start > 0 && bytes.length - start < LONGEST_SEQUENCE && bytes[start - 1] >= 0x80) start--;
  return bytes.slice(start);
}

/** The line, counted from 1, in which the first replaced character stands. */
function lineOf(text: string): number {
  const end = text.indexOf("\ufffd");
  let line = 1;
  for (let i = 0; i < end; i++) if (text.charCodeAt(i) === LINE_FEED) line++;
  return line;
}
