import { ShapeError } from "../core/errors.js";
import { formatShape, sameShape } from "../core/shape.js";
import type { ErrorModel } from "../graph/error-model.js";
import { type Attributes, defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";

/*
 * Optimizer updates, in place: they change the parameter and its state. Numbers that change from step to step come
 * from the step's hyperparameters, computed on the host in float64; `first` says where in that list an update's own
 * begin. A state tensor holds all of a parameter's moments: [moments, ...parameter].
 */

/** How many such numbers a step has room for. */
export const MAX_HYPERPARAMETERS = 56;

export interface UpdateAttributes extends Attributes {
  first: number;
}

const updateRules = (name: string, error: ErrorModel<unknown>) => ({
  elementwise: true,
  error,
  shape: ([parameter, gradient, state]: readonly Tensor[]) => {
    if (!sameShape(parameter.shape, gradient.shape)) {
      throw new ShapeError(
        `${name}: parameter ${formatShape(parameter.shape)} and gradient ${formatShape(gradient.shape)} differ.`,
      );
    }
    if (state && !sameShape(state.shape.slice(1), parameter.shape)) {
      throw new ShapeError(`${name}: state must be [moments, ...${formatShape(parameter.shape)}].`);
    }
    return parameter.shape;
  },
});

/**
 * Stochastic gradient descent with momentum, as torch.optim.SGD. State: [velocity], none without momentum.
 *
 *     g = gradient + weightDecay p
 *     v = momentum v + (1 - dampening) g          (the first step takes v = g)
 *     p = p - learningRate (nesterov ? g + momentum v : v)
 *
 * Hyperparameters: learningRate, weightDecay, momentum, 1 - dampening.
 */
export const sgdUpdate: OpFunction<UpdateAttributes & { momentum: boolean; nesterov: boolean }> = defineOp("sgd", {
  ...updateRules("sgd", {}),
  writes: [0, 2],
});

/**
 * RMSprop as torch.optim.RMSprop. State: [s], then [mean] when centered, then [velocity] with momentum.
 *
 *     g = gradient + weightDecay p
 *     s = alpha s + (1 - alpha) g²
 *     centered: mean = alpha mean + (1 - alpha) g;   d = √(s - mean² + inner) + epsilon;   else d = √(s + inner) + epsilon
 *     momentum: v = momentum v + g / d;   p = p - learningRate v;   else p = p - learningRate g / d
 *
 * Hyperparameters: learningRate, weightDecay, alpha, 1 - alpha, epsilon, momentum, inner.
 */
export const rmspropUpdate: OpFunction<UpdateAttributes & { centered: boolean; momentum: boolean }> = defineOp(
  "rmsprop",
  {
    ...updateRules("rmsprop", { functions: ["root", "division"] }),
    writes: [0, 2],
  },
);

/**
 * Adam (Kingma, Ba, 2015), AdamW (Loshchilov, Hutter, 2019) and NAdam (Dozat, 2016) as in torch.optim.
 * State: [m, v], then [the largest v] with amsgrad.
 *
 *     g = gradient + weightDecay p
 *     m = beta1 m + (1 - beta1) g;   v = beta2 v + (1 - beta2) g²
 *     decoupled: p = shrink p
 *     nesterov:  d = stepSize m + gradientStep g;   else d = stepSize m
 *     p = p - d / (√(v correction + inner) + epsilon)      (amsgrad: the largest v so far instead of v)
 *
 * with stepSize = learningRate / (1 - beta1^t) and correction = 1 / (1 - beta2^t).
 * Hyperparameters: stepSize, weightDecay, beta1, 1 - beta1, beta2, 1 - beta2, correction, epsilon, shrink, gradientStep,
 * inner.
 */
export const adamUpdate: OpFunction<UpdateAttributes & { amsgrad: boolean; decoupled?: boolean; nesterov?: boolean }> =
  defineOp("adam", { ...updateRules("adam", { functions: ["root", "division"] }), writes: [0, 2] });

/**
 * Adamax (Kingma, Ba, 2015) as torch.optim.Adamax. State: [m, u].
 *
 *     g = gradient + weightDecay p
 *     m = beta1 m + (1 - beta1) g;   u = max(beta2 u, |g| + epsilon)
 *     p = p - stepSize m / u
 *
 * Hyperparameters: stepSize = learningRate / (1 - beta1^t), weightDecay, beta1, 1 - beta1, beta2, epsilon.
 */
export const adamaxUpdate: OpFunction<UpdateAttributes> = defineOp("adamax", {
  ...updateRules("adamax", { functions: ["division"] }),
  writes: [0, 2],
});

/**
 * Adadelta (Zeiler, 2012) as torch.optim.Adadelta. State: [s, d].
 *
 *     g = gradient + weightDecay p
 *     s = rho s + (1 - rho) g²;   change = √(d + epsilon) / √(s + epsilon) g;   d = rho d + (1 - rho) change²
 *     p = p - learningRate change
 *
 * Hyperparameters: learningRate, weightDecay, rho, 1 - rho, epsilon.
 */
export const adadeltaUpdate: OpFunction<UpdateAttributes> = defineOp("adadelta", {
  ...updateRules("adadelta", { functions: ["root", "root", "division"] }),
  writes: [0, 2],
});

/**
 * Lion (Chen et al., Symbolic Discovery of Optimization Algorithms, 2023). State: [m].
 *
 *     p = shrink p - learningRate sign(beta1 m + (1 - beta1) gradient)
 *     m = beta2 m + (1 - beta2) gradient
 *
 * Hyperparameters: learningRate, shrink = 1 - learningRate weightDecay, beta1, 1 - beta1, beta2, 1 - beta2.
 */
export const lionUpdate: OpFunction<UpdateAttributes> = defineOp("lion", {
  ...updateRules("lion", {}),
  writes: [0, 2],
});
