/**
 * The errors that neuromotor throws. Each message says which op or argument is wrong, what was expected, what came,
 * and what to do. The class tells a program what kind of trouble it is; the name is kept through minification.
 */
abstract class NeuromotorError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A tensor's shape doesn't fit the op, layer, model or data it meets. */
export class ShapeError extends NeuromotorError {
  constructor(message: string) {
    super("ShapeError", message);
  }
}

/** An argument is outside what it may be: a negative rate, an unknown name, an option that makes no sense. */
export class ArgumentError extends NeuromotorError {
  constructor(message: string) {
    super("ArgumentError", message);
  }
}

/** Data can't be used: NaN in the features, a label out of range, a ragged CSV row. */
export class DataError extends NeuromotorError {
  constructor(message: string) {
    super("DataError", message);
  }
}

/** A file is not what it should be: truncated, of another format, or for another model. */
export class FormatError extends NeuromotorError {
  constructor(message: string) {
    super("FormatError", message);
  }
}

/** No device of the kind asked for, or one whose limits are too small. */
export class DeviceError extends NeuromotorError {
  constructor(message: string) {
    super("DeviceError", message);
  }
}

/** The device was lost while it worked: driver reset, GPU removed, browser tab discarded. */
export class DeviceLostError extends NeuromotorError {
  constructor(message: string) {
    super("DeviceLostError", message);
  }
}

/** Training ran into NaN or infinity. `epoch` and `step` count from 1; `tensor` is the first that went bad. */
export class DivergedError extends NeuromotorError {
  constructor(
    message: string,
    readonly epoch: number,
    readonly step: number,
    readonly tensor: string,
  ) {
    super("DivergedError", message);
  }
}
