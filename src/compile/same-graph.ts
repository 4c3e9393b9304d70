import { ancestors, type Tensor } from "../graph/tensor.js";

/** A graph as a list: inputs before what is made of them, each tensor by its place. */
export interface Listed {
  readonly tensors: readonly Tensor[];
  readonly placeOf: ReadonlyMap<Tensor, number>;
  readonly outputs: readonly Tensor[];
}

/** A graph's list. */
export function listed(outputs: readonly Tensor[]): Listed {
  const tensors = ancestors(outputs);
  const placeOf = new Map(tensors.map((tensor, place) => [tensor, place]));
  return { tensors, placeOf, outputs };
}

/** Whether two graphs are the same node by node: ops, attributes, names, shapes, and the places of all inputs. */
export function sameGraph(a: Listed, b: Listed): boolean {
  const samePlaces = (of: readonly Tensor[], to: readonly Tensor[]) =>
    of.length === to.length && of.every((tensor, i) => a.placeOf.get(tensor) === b.placeOf.get(to[i]));
  return (
    a.tensors.length === b.tensors.length &&
    samePlaces(a.outputs, b.outputs) &&
    a.tensors.every((tensor, place) => {
      const other = b.tensors[place];
      return (
        tensor.op === other.op &&
        tensor.dtype === other.dtype &&
        tensor.scope === other.scope &&
        sameValue(tensor.shape, other.shape) &&
        samePlaces(tensor.inputs, other.inputs) &&
        sameValue(tensor.attributes, other.attributes)
      );
    })
  );
}

/** Equality of attributes: plain objects, arrays and typed arrays by what they hold, all else by identity. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const kind = Object.getPrototypeOf(a);
  if (kind !== Object.getPrototypeOf(b)) return false;
  if (ArrayBuffer.isView(a)) return sameBytes(a, b as ArrayBufferView);
  if (Array.isArray(a)) {
    const other = b as unknown[];
    return a.length === other.length && a.every((value, i) => sameValue(value, other[i]));
  }
  if (kind !== Object.prototype) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => name in b && sameValue(a[name as never], b[name as never]))
  );
}

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
