"""Python's contestants: numpy, torch (eager) and torch-graphs (CUDA graphs). Spawned by python.ts.

A request is a line of JSON on standard input, followed by the bytes of the arrays it announces; so is an answer.
"""

import json
import sys
import time

import numpy as np

LEARNING_RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8


class NumpyTraining:
    def __init__(self, sizes, batch, rows, features, labels, parameters):
        self.given = parameters
        self.batches = [(features[i : i + batch], labels[i : i + batch]) for i in range(0, rows, batch)]
        self.restart()

    def restart(self):
        """Back to the first step. Moments of units that stay dead decay to denormals, which slow every later step."""
        self.parameters = [values.copy() for values in self.given]
        self.first = [np.zeros_like(values) for values in self.given]
        self.second = [np.zeros_like(values) for values in self.given]
        self.done = 0

    def step(self):
        x, y = self.batches[self.done % len(self.batches)]
        self.done += 1
        layers = [x]
        last = len(self.parameters) // 2 - 1
        for layer in range(last + 1):
            z = layers[-1] @ self.parameters[2 * layer] + self.parameters[2 * layer + 1]
            layers.append(np.maximum(z, 0) if layer < last else z)
        gradient = np.exp(layers[-1] - layers[-1].max(axis=1, keepdims=True))
        gradient /= gradient.sum(axis=1, keepdims=True)
        gradient[np.arange(len(y)), y] -= 1
        gradient /= np.float32(len(y))
        correction1, correction2 = 1 - BETA1**self.done, 1 - BETA2**self.done
        for layer in range(last, -1, -1):
            gradients = layers[layer].T @ gradient, gradient.sum(axis=0)
            if layer > 0:
                gradient = (gradient @ self.parameters[2 * layer].T) * (layers[layer] > 0)
            for place, g in zip((2 * layer, 2 * layer + 1), gradients):
                m, v = self.first[place], self.second[place]
                m += np.float32(1 - BETA1) * (g - m)
                v += np.float32(1 - BETA2) * (g * g - v)
                deviation = np.sqrt(v / np.float32(correction2)) + np.float32(EPSILON)
                self.parameters[place] -= np.float32(LEARNING_RATE / correction1) * m / deviation

    def wait(self):
        pass

    def result(self):
        return self.parameters


class NumpyMany:
    """All models at once: products with a leading axis, and one update of all parameters in one array."""

    def __init__(self, sizes, batch, rows, features, labels, models):
        shapes = [values.shape for values in models[0]]
        self.ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
        self.first_values = np.stack([np.concatenate([values.ravel() for values in model]) for model in models])
        self.shapes = [shape if len(shape) == 2 else (1, *shape) for shape in shapes]
        self.batches = [(features[i : i + batch], labels[i : i + batch]) for i in range(0, rows, batch)]

    def parts(self, flat):
        starts = [0, *self.ends[:-1]]
        return [flat[:, a:b].reshape(-1, *shape) for a, b, shape in zip(starts, self.ends, self.shapes)]

    def restart(self):
        self.flat = self.first_values.copy()
        self.gradients = np.empty_like(self.flat)
        self.m, self.v = np.zeros_like(self.flat), np.zeros_like(self.flat)
        self.done = 0

    def step(self):
        x, y = self.batches[self.done % len(self.batches)]
        self.done += 1
        parameters, slopes = self.parts(self.flat), self.parts(self.gradients)
        layers = [np.broadcast_to(x, (len(self.flat), *x.shape))]
        last = len(parameters) // 2 - 1
        for layer in range(last + 1):
            z = layers[-1] @ parameters[2 * layer]
            z += parameters[2 * layer + 1]
            layers.append(np.maximum(z, 0, out=z) if layer < last else z)
        gradient = np.exp(layers[-1] - layers[-1].max(axis=2, keepdims=True))
        gradient /= gradient.sum(axis=2, keepdims=True)
        gradient[:, np.arange(len(y)), y] -= 1
        gradient /= np.float32(len(y))
        for layer in range(last, -1, -1):
            slopes[2 * layer][...] = layers[layer].transpose(0, 2, 1) @ gradient
            slopes[2 * layer + 1][...] = gradient.sum(axis=1, keepdims=True)
            if layer > 0:
                gradient = gradient @ parameters[2 * layer].transpose(0, 2, 1)
                gradient *= layers[layer] > 0
        self.m += np.float32(1 - BETA1) * (self.gradients - self.m)
        self.v += np.float32(1 - BETA2) * (self.gradients * self.gradients - self.v)
        correction1, correction2 = 1 - BETA1**self.done, 1 - BETA2**self.done
        deviation = np.sqrt(self.v / np.float32(correction2)) + np.float32(EPSILON)
        self.flat -= np.float32(LEARNING_RATE / correction1) * self.m / deviation

    def wait(self):
        pass

    def result(self):
        return [part[model] for model in range(len(self.flat)) for part in self.parts(self.flat)]


class NumpyProduct:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def restart(self):
        pass

    def step(self):
        self.product = self.a @ self.b

    def wait(self):
        pass

    def result(self):
        return [self.product]


def torch_contestants(graphs):
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    if graphs and device == "cpu":
        raise RuntimeError("CUDA graphs need CUDA")
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None

    class TorchTraining:
        def __init__(self, sizes, batch, rows, features, labels, parameters):
            self.parameters = [torch.tensor(values, device=device, requires_grad=True) for values in parameters]
            x = torch.tensor(features, device=device)
            y = torch.tensor(labels.astype(np.int64), device=device)
            self.batches = [(x[i : i + batch], y[i : i + batch]) for i in range(0, rows, batch)]
            self.optimizer = torch.optim.Adam(self.parameters, lr=LEARNING_RATE, capturable=graphs)
            self.done = 0
            if graphs:
                self.capture()

        def restart(self):
            pass

        def train(self, x, y):
            self.optimizer.zero_grad(set_to_none=True)
            last = len(self.parameters) - 2
            for place in range(0, last + 2, 2):
                x = torch.addmm(self.parameters[place + 1], x, self.parameters[place])
                if place < last:
                    x = torch.relu(x)
            torch.nn.functional.cross_entropy(x, y).backward()
            self.optimizer.step()

        def capture(self):
            self.x, self.y = (part.clone() for part in self.batches[0])
            before = [values.detach().clone() for values in self.parameters]
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(3):
                    self.train(self.x, self.y)
            torch.cuda.current_stream().wait_stream(side)
            self.graph = torch.cuda.CUDAGraph()
            self.optimizer.zero_grad(set_to_none=True)
            with torch.cuda.graph(self.graph):
                self.train(self.x, self.y)
            with torch.no_grad():  # the warm-up didn't count
                for values, first in zip(self.parameters, before):
                    values.copy_(first)
                for state in self.optimizer.state.values():
                    for moment in state.values():
                        moment.zero_()

        def step(self):
            x, y = self.batches[self.done % len(self.batches)]
            self.done += 1
            if graphs:
                self.x.copy_(x)
                self.y.copy_(y)
                self.graph.replay()
            else:
                self.train(x, y)

        def wait(self):
            wait()

        def result(self):
            return [values.detach().cpu().numpy() for values in self.parameters]

    class TorchMany:
        """All models at once: products with a leading axis, and Adam over the stacked parameters."""

        def __init__(self, sizes, batch, rows, features, labels, models):
            self.first_values = [np.stack(values) for values in zip(*models)]
            x = torch.tensor(features, device=device)
            y = torch.tensor(labels.astype(np.int64), device=device)
            self.batches = [(x[i : i + batch], y[i : i + batch]) for i in range(0, rows, batch)]
            self.models = len(models)

        def restart(self):
            stacked = [values if values.ndim == 3 else values[:, None, :] for values in self.first_values]
            self.parameters = [torch.tensor(values, device=device, requires_grad=True) for values in stacked]
            self.optimizer = torch.optim.Adam(self.parameters, lr=LEARNING_RATE, fused=True)
            self.done = 0

        def step(self):
            x, y = self.batches[self.done % len(self.batches)]
            self.done += 1
            self.optimizer.zero_grad(set_to_none=True)
            h = x.expand(self.models, *x.shape)
            last = len(self.parameters) - 2
            for place in range(0, last + 2, 2):
                h = torch.baddbmm(self.parameters[place + 1], h, self.parameters[place])
                if place < last:
                    h = torch.relu(h)
            classes = h.shape[-1]
            losses = torch.nn.functional.cross_entropy(h.reshape(-1, classes), y.repeat(self.models), reduction="sum")
            (losses / len(y)).backward()
            self.optimizer.step()

        def wait(self):
            wait()

        def result(self):
            values = [part.detach().cpu().numpy() for part in self.parameters]
            return [part[model] for model in range(self.models) for part in values]

    class TorchProduct:
        def __init__(self, a, b):
            self.a, self.b = torch.tensor(a, device=device), torch.tensor(b, device=device)

        def restart(self):
            pass

        def step(self):
            self.product = self.a @ self.b

        def wait(self):
            wait()

        def result(self):
            return [self.product.cpu().numpy()]

    name = torch.cuda.get_device_name() if device == "cuda" else f"CPU, {torch.get_num_threads()} threads"
    kind = "CUDA graphs" if graphs else "eager"
    return f"PyTorch {torch.__version__}, {kind}, on {name}", TorchTraining, TorchMany, TorchProduct


def blas():
    """Name and version of NumPy's library of products."""
    found = np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
    return " ".join(str(found[part]) for part in ("name", "version") if part in found) or "unknown BLAS"


def main(which):
    if which == "numpy":
        description = f"NumPy {np.__version__}, {blas()}"
        training, many, product = NumpyTraining, NumpyMany, NumpyProduct
    else:
        description, training, many, product = torch_contestants(which == "torch-graphs")

    def array(dtype, *shape):
        data = sys.stdin.buffer.read(4 * int(np.prod(shape)))
        return np.frombuffer(data, dtype).reshape(shape)

    def say(message, arrays=()):
        message["lengths"] = [int(values.size) for values in arrays]
        sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
        for values in arrays:
            sys.stdout.buffer.write(np.ascontiguousarray(values, np.float32).tobytes())
        sys.stdout.buffer.flush()

    say({"description": description})
    work = None
    for line in iter(sys.stdin.buffer.readline, b""):
        request = json.loads(line)
        if request["ask"] == "train":
            sizes, rows = request["sizes"], request["rows"]
            features, labels = array(np.float32, rows, sizes[0]), array(np.uint32, rows)
            models = []
            for _ in range(request["models"] or 1):
                parameters = []
                for inputs, units in zip(sizes, sizes[1:]):
                    parameters += [array(np.float32, inputs, units), array(np.float32, units)]
                models.append(parameters)
            if request["models"]:
                work = many(sizes, request["batch"], rows, features, labels, models)
            else:
                work = training(sizes, request["batch"], rows, features, labels, models[0])
            say({})
        elif request["ask"] == "multiply":
            size = request["size"]
            work = product(array(np.float32, size, size), array(np.float32, size, size))
            say({})
        elif request["ask"] == "run":
            work.restart()
            started = time.perf_counter()
            for _ in range(request["steps"]):
                work.step()
            work.wait()
            say({"steps": request["steps"], "milliseconds": (time.perf_counter() - started) * 1000})
        elif request["ask"] == "result":
            say({}, work.result())


main(sys.argv[1])
