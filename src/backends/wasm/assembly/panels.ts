// Sides of a product copied to panels, so that tiles read them in order.

import { batchRows, firstPlace } from "./step";

/** Rows of a, and columns of b, of a panel. */
export const ROWS = 6;
export const COLUMNS = 8;

/** Addresses of the stored rows. */
export function tabulate(table: usize, address: usize, rows: i32, stride: i32, order: usize): void {
  const last = batchRows() - 1;
  const places = order + (firstPlace() << 2);
  for (let i = 0; i < rows; i++) {
    const row = order ? load<u32>(places + (min<u32>(i, last) << 2)) : i;
    store<u32>(table + (i << 2), address + row * stride);
  }
}

/** Repeats the last entry of a table until they are whole panels. @param pitch - bytes from one entry to the next */
export function repeatLast(table: usize, rows: i32, pitch: i32): void {
  const end = table + rows * pitch;
  for (let i = rows, to = end; i % ROWS != 0; i++, to += pitch) memory.copy(to, end - pitch, pitch);
}

/** Panel [k][width] of elements that lie side by side in each of k rows, `offset` bytes into it. */
@inline
export function packAcross(table: usize, offset: i32, k: i32, to: usize, width: i32): void {
  for (const end = table + (k << 2); table < end; table += 4) {
    const from: usize = load<u32>(table) + offset;
    v128.store(to, v128.load(from));
    if (width == 8) v128.store(to, v128.load(from, 16), 16);
    else v128.store64_lane(to, v128.load64_zero(from, 16), 0, 16);
    to += width << 2;
  }
}

/** Panel [k][width] of rows `first` and following, each k elements in a row from number `start`. */
export function packAlong(table: usize, first: i32, rows: i32, start: i32, k: i32, to: usize, width: i32): void {
  let row = 0;
  for (; row + 4 <= width; row += 4) {
    const a = rowAddress(table, first + row, rows, start);
    const b = rowAddress(table, first + row + 1, rows, start);
    const c = rowAddress(table, first + row + 2, rows, start);
    const d = rowAddress(table, first + row + 3, rows, start);
    packFour(a, b, c, d, k, to + (row << 2), width);
  }
  for (; row < width; row += 2) {
    const a = rowAddress(table, first + row, rows, start);
    const b = rowAddress(table, first + row + 1, rows, start);
    packTwo(a, b, k, to + (row << 2), width);
  }
}

/** Four columns of a panel, of k elements each that lie in a row. */
@inline
export function packFour(a: usize, b: usize, c: usize, d: usize, k: i32, y: usize, width: i32): void {
  for (; k >= 4; k -= 4) {
    const ab = i8x16.shuffle(v128.load(a), v128.load(b), 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const ab2 = i8x16.shuffle(v128.load(a), v128.load(b), 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    const cd = i8x16.shuffle(v128.load(c), v128.load(d), 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const cd2 = i8x16.shuffle(v128.load(c), v128.load(d), 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    v128.store(y, i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
    y += width << 2;
    v128.store(y, i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
    y += width << 2;
    v128.store(y, i8x16.shuffle(ab2, cd2, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
    y += width << 2;
    v128.store(y, i8x16.shuffle(ab2, cd2, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
    y += width << 2;
    a += 16;
    b += 16;
    c += 16;
    d += 16;
  }
  for (; k > 0; k--) {
    store<f32>(y, load<f32>(a));
    store<f32>(y, load<f32>(b), 4);
    store<f32>(y, load<f32>(c), 8);
    store<f32>(y, load<f32>(d), 12);
    y += width << 2;
    a += 4;
    b += 4;
    c += 4;
    d += 4;
  }
}

/** Two columns of a panel. */
@inline
export function packTwo(a: usize, b: usize, k: i32, y: usize, width: i32): void {
  for (const end = y + k * (width << 2); y < end; y += width << 2) {
    store<f32>(y, load<f32>(a));
    store<f32>(y, load<f32>(b), 4);
    a += 4;
    b += 4;
  }
}

/** Rows past the end repeat the last. */
@inline
function rowAddress(table: usize, row: i32, rows: i32, start: i32): usize {
  return load<u32>(table + (min(row, rows - 1) << 2)) + (start << 2);
}
