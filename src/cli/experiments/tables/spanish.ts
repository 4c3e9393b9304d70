/*
 * Words of the tables in Spanish: titles of reports, experiments, figures and their scores, and what was chosen.
 */

/** Names and numbers that are written alike. */
const alike = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));

const rates = (...values: string[]) =>
  Object.fromEntries(values.map((value) => [`rate ${value}`, `tasa ${value.replace(".", ",")}`]));

const epochs = Object.fromEntries(
  Array.from({ length: 10 }, (_, i) => (i === 0 ? "0" : `${i}000`)).map((epoch) => [
    `epoch ${epoch}`,
    `época ${epoch}`,
  ]),
);

/** Costs and activations of report E's grid, with each kind of first weights. */
const grid = Object.fromEntries(
  ["CE", "MSE"].flatMap((cost) =>
    ["sigmoid", "tanh", "relu"].flatMap((activation) =>
      [
        ["Xavier", "Xavier"],
        ["Gaussian", "gaussiana"],
      ].flatMap(([weights, pesos]) => [
        [`${cost}, ${activation}, ${weights}`, `${cost}, ${activation}, ${pesos}`],
        [`digits, ${cost}, ${activation}, ${weights}`, `dígitos, ${cost}, ${activation}, ${pesos}`],
      ]),
    ),
  ),
);

const MNIST_CHOSEN =
  "lote de 128, 10 épocas, la tasa baja según un coseno, una décima parte para validar; probada con las 10.000 imágenes publicadas para ello";

/** English phrases with the same in Spanish. */
export const spanish: Readonly<Record<string, string>> = {
  ...alike("Adam", "RMSprop", "784-128-64-10", "Trouser", "Shirt"),
  ...alike("Iris, 4-16-8-3", "MNIST, 784-128-64-10", "MNIST, Adam", "Fashion-MNIST, Adam", "MNIST, dropout"),
  ...alike("ROC AUC", "dense.weight.next 1", ...[1, 2, 3, 4].map((place) => `dense_1.activation ${place}`)),
  ...rates("0.0005", "0.001", "0.005", "0.01", "0.05", "0.1", "0.5", "1.0"),
  ...epochs,
  ...grid,

  "Report A: Iris and MNIST": "Informe A: Iris y MNIST",
  "Report B: MNIST and Fashion-MNIST": "Informe B: MNIST y Fashion-MNIST",
  "Report C: XOR, MNIST, Titanic, diabetes, student performance":
    "Informe C: XOR, MNIST, Titanic, diabetes, rendimiento de estudiantes",
  "Notebook D: the chain rule by hand": "Cuaderno D: la regla de la cadena a mano",
  "Report E: 8 x 8 digits": "Informe E: dígitos de 8 x 8",
  Records: "Récords",

  "Iris, learning curves": "Iris, curvas de aprendizaje",
  "Iris, three optimizers (all work)": "Iris, tres optimizadores (todos sirven)",
  "MNIST, three optimizers": "MNIST, tres optimizadores",
  "MNIST, validation loss of the three optimizers": "MNIST, pérdida de validación de los tres optimizadores",
  "MNIST, gap between training and validation accuracy":
    "MNIST, distancia entre la exactitud de entrenamiento y la de validación",
  "MNIST, L2 and decoupled weight decay": "MNIST, L2 y decaimiento de pesos desacoplado",
  "MNIST, depth": "MNIST, profundidad",
  "MNIST, table 1: all of the above, sorted": "MNIST, tabla 1: todo lo anterior, ordenado",
  "MNIST, 5 folds of 15,000 rows": "MNIST, 5 particiones de 15.000 filas",
  "equations (1) to (6), the output's A - Y": "ecuaciones (1) a (6), el A - Y de la salida",
  "gradient check": "comprobación de gradientes",
  "rate 0.01, batch of 16, patience 20": "tasa 0,01, lote de 16, paciencia 20",
  "batch of 128, 10 epochs, the rate falling along a cosine, a tenth to validate; tested on the 10,000 images published for it":
    MNIST_CHOSEN,
  "the optimizers' rates": "las tasas de los optimizadores",
  "the layers' sizes; batch of 128, 10 epochs, the rate falling along a cosine, a tenth to validate; tested on the 10,000 images published for it": `los tamaños de las capas; ${MNIST_CHOSEN}`,
  "batch of 64": "lote de 64",
  "SGD with momentum": "SGD con momento",
  "dropout 0.2": "dropout 0,2",
  "no dropout": "sin dropout",
  "2 layers": "2 capas",
  "3 layers": "3 capas",
  "4 layers": "4 capas",
  "5 layers": "5 capas",
  "L2 0.0001": "L2 0,0001",
  "decoupled, 0.01": "desacoplado, 0,01",
  "mean of the folds": "media de las particiones",
  "deviation of the folds": "desviación de las particiones",
  "the loss they start from": "la pérdida de la que parten",
  "wrong gradients of network and loss": "gradientes erróneos de la red y la pérdida",

  "MNIST, gradient descent": "MNIST, descenso de gradiente",
  "MNIST, one and two hidden layers, Adam 0.005": "MNIST, una y dos capas ocultas, Adam 0,005",
  "MNIST, 260 epochs of the full batch (evaluated every 20 there, each here)":
    "MNIST, 260 épocas con el lote entero (allí se evalúa cada 20, aquí cada una)",
  "MNIST, table 7: each class on 4,200 rows": "MNIST, tabla 7: cada clase en 4200 filas",
  "MNIST, loss and accuracy by epoch": "MNIST, pérdida y exactitud por época",
  "MNIST, confusion matrix": "MNIST, matriz de confusión",
  "Fashion-MNIST, gradient descent": "Fashion-MNIST, descenso de gradiente",
  "Fashion-MNIST, one and two hidden layers, Adam": "Fashion-MNIST, una y dos capas ocultas, Adam",
  "Fashion-MNIST, table 8: each class": "Fashion-MNIST, tabla 8: cada clase",
  "Fashion-MNIST, curves and confusion matrix": "Fashion-MNIST, curvas y matriz de confusión",
  "MNIST from Kaggle's CSV file (label, pixel0, ...; 42,000 rows)":
    "MNIST del archivo CSV de Kaggle (label, pixel0, ...; 42.000 filas)",
  "256 hidden units, batch of 256, 10 epochs": "256 unidades ocultas, lote de 256, 10 épocas",
  "256 hidden units, batch of 256, 20 epochs; of the 60,000 images published to train on":
    "256 unidades ocultas, lote de 256, 20 épocas; de las 60.000 imágenes publicadas para entrenar",
  "256 hidden units, batch of 1,024, 40 epochs; all 70,000 images, as the report has them":
    "256 unidades ocultas, lote de 1024, 40 épocas; las 70.000 imágenes, como en el informe",
  "64 hidden units, gradient descent at 0.5": "64 unidades ocultas, descenso de gradiente con 0,5",
  "the file is made of MNIST's; 128-64, batch of 128, 5 epochs":
    "el archivo se hace con los de MNIST; 128-64, lote de 128, 5 épocas",
  "one hidden layer": "una capa oculta",
  "two hidden layers": "dos capas ocultas",
  "weighted F1": "F1 ponderado",

  "XOR, ReLU, then sigmoid": "XOR, ReLU y después sigmoide",
  "XOR, decision surface": "XOR, superficie de decisión",
  "MNIST with sigmoid units": "MNIST con unidades sigmoides",
  "MNIST, confusion matrix, curves, digits": "MNIST, matriz de confusión, curvas, dígitos",
  "Titanic, 179 passengers held out": "Titanic, 179 pasajeros reservados",
  "Titanic, curves": "Titanic, curvas",
  "Titanic, ROC curve and AUC": "Titanic, curva ROC y AUC",
  "Titanic, new passengers by the same encoding": "Titanic, pasajeros nuevos con la misma codificación",
  "diabetes, table 4": "diabetes, tabla 4",
  "diabetes, three optimizers (Adam is best)": "diabetes, tres optimizadores (Adam es el mejor)",
  "diabetes, curves": "diabetes, curvas",
  "student performance, table 5": "rendimiento de estudiantes, tabla 5",
  "student performance, R² and loss by epoch": "rendimiento de estudiantes, R² y pérdida por época",
  "8 hidden units, Adam, all 4 rows in a batch": "8 unidades ocultas, Adam, las 4 filas en un lote",
  "64 hidden units, batch of 32, 5 epochs": "64 unidades ocultas, lote de 32, 5 épocas",
  "the command's own settings": "los ajustes de la propia orden",
  "64 hidden units, L2 0.01, a fifth to validate": "64 unidades ocultas, L2 0,01, una quinta parte para validar",
  "32 hidden units, batch of 32, a fifth to validate": "32 unidades ocultas, lote de 32, una quinta parte para validar",
  "training MSE": "ECM de entrenamiento",
  "training R²": "R² de entrenamiento",
  "validation MSE": "ECM de validación",
  "validation R²": "R² de validación",
  "a woman of 38, first class, survives": "una mujer de 38 años, primera clase, sobrevive",
  "a man of 22, third class, survives": "un hombre de 22 años, tercera clase, sobrevive",
  "a woman without age and fare, second class": "una mujer sin edad ni tarifa, segunda clase",

  "a neuron by the chain rule": "una neurona por la regla de la cadena",
  "XOR, 2-2-1, the error every 1,000 epochs": "XOR, 2-2-1, el error cada 1000 épocas",
  "XOR, 2-2-1, outputs after 10,000 epochs": "XOR, 2-2-1, salidas tras 10.000 épocas",
  "XOR, 2-2-1, first weights uniform in [0, 1)": "XOR, 2-2-1, primeros pesos uniformes en [0, 1)",
  "cross-entropy on the output; one start in some gets stuck":
    "entropía cruzada en la salida; uno de cada varios comienzos se atasca",
  "weight after a step": "peso tras un paso",
  "output for row 1": "salida de la fila 1",
  "output for row 2": "salida de la fila 2",
  "output for row 3": "salida de la fila 3",
  "output for row 4": "salida de la fila 4",

  "digits, the grid": "dígitos, la cuadrícula",
  "digits, accuracy by epoch for the two kinds of first weights":
    "dígitos, exactitud por época con los dos tipos de primeros pesos",
  "digits, the same network in other libraries": "dígitos, la misma red en otras bibliotecas",
  "digits, frequency of each class by part": "dígitos, frecuencia de cada clase por parte",
  "digits, samples, activations, network": "dígitos, muestras, activaciones, red",
  "the best of six rates (0.01 to 3) by the validation part; losses on logits":
    "la mejor de seis tasas (0,01 a 3) según la parte de validación; pérdidas sobre logits",
  "20 epochs, the best of six rates by the validation part":
    "20 épocas, la mejor de seis tasas según la parte de validación",
  "scikit-learn's figure": "la cifra de scikit-learn",
  "TensorFlow's figure": "la cifra de TensorFlow",

  "MNIST, dense with dropout (98.20 % in report A)": "MNIST, densa con dropout (98,20 % en el informe A)",
  "MNIST, dense with dropout, max-norm, averages and augmentation":
    "MNIST, densa con dropout, norma máxima, promedios y aumento de datos",
  "Fashion-MNIST, dense (89.6 % in report B)": "Fashion-MNIST, densa (89,6 % en el informe B)",
  "digits, 32-16 units, cross-entropy, ReLU (96.39 % in report E)":
    "dígitos, 32-16 unidades, entropía cruzada, ReLU (96,39 % en el informe E)",
  "Titanic, 10 folds, columns as they are found": "Titanic, 10 particiones, columnas tal como vienen",
  "Titanic, 10 folds, with steps for title and family size":
    "Titanic, 10 particiones, con pasos para el título y el tamaño de la familia",
  "Titanic as published, the first command": "Titanic como se publicó, la primera orden",
  "student performance as published, the first command": "rendimiento de estudiantes como se publicó, la primera orden",
  "MNIST as published, the first command": "MNIST como se publicó, la primera orden",
  accuracy: "exactitud",
  "train accuracy": "exactitud de entrenamiento",
  "validation accuracy": "exactitud de validación",
  "test accuracy": "exactitud de prueba",
  "deviation of accuracy": "desviación de la exactitud",
  "validation loss": "pérdida de validación",
  "loss 1": "pérdida 1",
  "mean error": "error medio",
  gap: "distancia",
  "wrong gradients": "gradientes erróneos",
  "train mse": "ECM de entrenamiento",
  "validation mse": "ECM de validación",
  "train r2": "R² de entrenamiento",
  "validation r2": "R² de validación",
  "test r2": "R² de prueba",
  "F1 of Trouser": "F1 de Trouser",
  "F1 of Shirt": "F1 de Shirt",
  "new row 1": "fila nueva 1",
  "new row 2": "fila nueva 2",
  "new row 3": "fila nueva 3",
  "area under the ROC curve": "área bajo la curva ROC",
};
