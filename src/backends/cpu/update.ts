import type { UpdateAttributes } from "../../ops/update.js";
import type { CpuKernel } from "./kernel.js";

/** Hyperparameters are read by their place after `first`, as the ops list them. */
export const sgd: CpuKernel = ({ attributes }, [p, gradient, v]) => {
  const { first, momentum: hasMomentum, nesterov } = attributes as UpdateAttributes;
  return ({ hyperparameters: h }) => {
    const [learningRate, weightDecay, momentum, undamped] = [h[first], h[first + 1], h[first + 2], h[first + 3]];
    for (let i = 0; i < p.length; i++) {
      const g = gradient[i] + weightDecay * p[i];
      let direction = g;
      if (hasMomentum) {
        v[i] = momentum * v[i] + undamped * g;
        direction = nesterov ? g + momentum * v[i] : v[i];
      }
      p[i] -= learningRate * direction;
    }
  };
};

export const rmsprop: CpuKernel = ({ attributes }, [p, gradient, state]) => {
  const { first, centered, momentum: hasMomentum } = attributes as UpdateAttributes;
  const n = p.length;
  const velocity = centered ? 2 * n : n;
  return ({ hyperparameters: h }) => {
    const [learningRate, weightDecay, alpha, rest] = [h[first], h[first + 1], h[first + 2], h[first + 3]];
    const [epsilon, momentum, inner] = [h[first + 4], h[first + 5], h[first + 6]];
    for (let i = 0; i < n; i++) {
      const g = gradient[i] + weightDecay * p[i];
      state[i] = alpha * state[i] + rest * g * g;
      let variance = state[i];
      if (centered) {
        state[n + i] = alpha * state[n + i] + rest * g;
        variance -= state[n + i] * state[n + i];
      }
      let direction = g / (Math.sqrt(Math.max(variance, 0) + inner) + epsilon);
      if (hasMomentum) {
        state[velocity + i] = momentum * state[velocity + i] + direction;
        direction = state[velocity + i];
      }
      p[i] -= learningRate * direction;
    }
  };
};

export const adam: CpuKernel = ({ attributes }, [p, gradient, state]) => {
  const { first, amsgrad, decoupled, nesterov } = attributes as UpdateAttributes;
  const n = p.length;
  return ({ hyperparameters: h }) => {
    const [stepSize, weightDecay, beta1, rest1] = [h[first], h[first + 1], h[first + 2], h[first + 3]];
    const [beta2, rest2, correction, epsilon] = [h[first + 4], h[first + 5], h[first + 6], h[first + 7]];
    const inner = h[first + 10];
    const shrink = decoupled ? h[first + 8] : 1;
    const gradientStep = nesterov ? h[first + 9] : 0;
    for (let i = 0; i < n; i++) {
      const g = gradient[i] + weightDecay * p[i];
      state[i] = beta1 * state[i] + rest1 * g;
      state[n + i] = beta2 * state[n + i] + rest2 * g * g;
      let v = state[n + i];
      if (amsgrad) {
        v = Math.max(v, state[2 * n + i]);
        state[2 * n + i] = v;
      }
      const direction = stepSize * state[i] + gradientStep * g;
      p[i] = shrink * p[i] - direction / (Math.sqrt(v * correction + inner) + epsilon);
    }
  };
};

export const adamax: CpuKernel = ({ attributes }, [p, gradient, state]) => {
  const { first } = attributes as UpdateAttributes;
  const n = p.length;
  return ({ hyperparameters: h }) => {
    const [stepSize, weightDecay, beta1, rest1] = [h[first], h[first + 1], h[first + 2], h[first + 3]];
    const [beta2, epsilon] = [h[first + 4], h[first + 5]];
    for (let i = 0; i < n; i++) {
      const g = gradient[i] + weightDecay * p[i];
      state[i] = beta1 * state[i] + rest1 * g;
      state[n + i] = Math.max(beta2 * state[n + i], Math.abs(g) + epsilon);
      p[i] -= (stepSize * state[i]) / state[n + i];
    }
  };
};

export const adadelta: CpuKernel = ({ attributes }, [p, gradient, state]) => {
  const { first } = attributes as UpdateAttributes;
  const n = p.length;
  return ({ hyperparameters: h }) => {
    const [learningRate, weightDecay, rho, rest] = [h[first], h[first + 1], h[first + 2], h[first + 3]];
    const epsilon = h[first + 4];
    for (let i = 0; i < n; i++) {
      const g = gradient[i] + weightDecay * p[i];
      state[i] = rho * state[i] + rest * g * g;
      const change = (Math.sqrt(state[n + i] + epsilon) / Math.sqrt(state[i] + epsilon)) * g;
      state[n + i] = rho * state[n + i] + rest * change * change;
      p[i] -= learningRate * change;
    }
  };
};

export const lion: CpuKernel = ({ attributes }, [p, gradient, m]) => {
  const { first } = attributes as UpdateAttributes;
  return ({ hyperparameters: h }) => {
    const [learningRate, shrink, beta1, rest1] = [h[first], h[first + 1], h[first + 2], h[first + 3]];
    const [beta2, rest2] = [h[first + 4], h[first + 5]];
    for (let i = 0; i < p.length; i++) {
      const direction = beta1 * m[i] + rest1 * gradient[i];
      m[i] = beta2 * m[i] + rest2 * gradient[i];
      p[i] = shrink * p[i] - learningRate * Math.sign(direction);
    }
  };
};
