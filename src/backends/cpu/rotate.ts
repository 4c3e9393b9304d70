import type { Rotation } from "../../ops/rotary.js";
import type { CpuKernel } from "./kernel.js";

export const rotate: CpuKernel = ({ inputs, attributes }, [x, waves], y) => {
  const { size, rotated, inverse } = attributes as Rotation;
  const [, time, features] = inputs[0].shape;
  const half = size / 2;
  return () => {
    for (let i = 0; i < x.length; i++) {
      const feature = i % features;
      if (feature >= rotated) {
        y[i] = x[i];
        continue;
      }
      const wave = (Math.floor(i / features) % time) * size + (feature % half);
      const [cosine, sine] = [waves[wave], inverse ? -waves[wave + half] : waves[wave + half]];
      const isFirst = feature % size < half;
      y[i] = isFirst ? x[i] * cosine - x[i + half] * sine : x[i] * cosine + x[i - half] * sine;
    }
  };
};
