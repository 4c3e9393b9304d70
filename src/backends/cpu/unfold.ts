import type { Pair, Window } from "../../ops/unfold.js";
import type { CpuKernel } from "./kernel.js";

/** Calls `each` for every element of a window that lies within its image: a row of channels in the patches and in the image. */
export function eachTap(
  { kernel, stride, dilation, before, output }: Window,
  images: number,
  [height, width]: Pair,
  each: (patchRow: number, imageRow: number) => void,
): void {
  let patch = 0;
  for (let image = 0; image < images; image++) {
    for (let windowY = 0; windowY < output[0]; windowY++) {
      for (let windowX = 0; windowX < output[1]; windowX++) {
        for (let kernelY = 0; kernelY < kernel[0]; kernelY++) {
          const y = windowY * stride[0] + kernelY * dilation[0] - before[0];
          for (let kernelX = 0; kernelX < kernel[1]; kernelX++, patch++) {
            const x = windowX * stride[1] + kernelX * dilation[1] - before[1];
            if (y >= 0 && y < height && x >= 0 && x < width) each(patch, (image * height + y) * width + x);
          }
        }
      }
    }
  }
}

export const unfold: CpuKernel = ({ inputs: [{ shape }], attributes }, [x], y) => {
  const [images, height, width, channels] = shape;
  return () => {
    y.fill(0);
    eachTap(attributes as Window, images, [height, width], (patch, row) => {
      for (let c = 0; c < channels; c++) y[patch * channels + c] = x[row * channels + c];
    });
  };
};

export const fold: CpuKernel = ({ output, attributes }, [patches], y) => {
  const [images, height, width, channels] = output!.shape;
  const sums = new Float64Array(y.length);
  return () => {
    sums.fill(0);
    eachTap(attributes as Window, images, [height, width], (patch, row) => {
      for (let c = 0; c < channels; c++) sums[row * channels + c] += patches[patch * channels + c];
    });
    y.set(sums);
  };
};
