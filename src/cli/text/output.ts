/** The two streams of a command: standard output for results, standard error for progress and diagnostics. */
export interface Streams {
  stdout: { write(text: string): unknown; columns?: number };
  stderr: { write(text: string): unknown; isTTY?: boolean };
}

/** Printing of a command, as --json and --quiet ask for it. */
export class Output {
  constructor(
    readonly streams: Streams,
    private readonly options: { json?: boolean; quiet?: boolean },
  ) {}

  /** Text on standard output that --quiet leaves out. */
  detail(text = ""): void {
    if (!this.options.quiet) this.result(text);
  }

  /** Text on standard output that --quiet keeps. */
  result(text: string): void {
    if (!this.options.json) this.streams.stdout.write(ended(text));
  }

  /** A piece of text on standard output as it comes, without a line's end. */
  write(text: string): void {
    if (!this.options.json) this.streams.stdout.write(text);
  }

  /** With --json, the object that is all of standard output. NaN, which JSON lacks, becomes null. */
  json(object: Record<string, unknown>): void {
    if (this.options.json) this.streams.stdout.write(`${JSON.stringify(object)}\n`);
  }

  /** A line on standard error. */
  note(text: string): void {
    if (!this.options.quiet) this.streams.stderr.write(ended(text));
  }

  /** True if a progress bar may be drawn: standard error is a terminal, without --json and --quiet. */
  get hasBar(): boolean {
    return Boolean(this.streams.stderr.isTTY) && !this.options.quiet && !this.options.json;
  }

  /** Characters that fit a line; 80 where standard output is no terminal. */
  get width(): number {
    return this.streams.stdout.columns ?? 80;
  }

  get isJson(): boolean {
    return Boolean(this.options.json);
  }

  get isQuiet(): boolean {
    return Boolean(this.options.quiet);
  }
}

const ended = (text: string) => (text.endsWith("\n") ? text : `${text}\n`);
