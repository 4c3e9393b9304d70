import type { Texts } from "./texts.js";

export const spanish: Texts = {
  name: "español",
  scores: {
    loss: "pérdida",
    accuracy: "exactitud",
    learningRate: "tasa de aprendizaje",
    meanSquaredError: "error cuadrático medio",
    rootMeanSquaredError: "raíz del error cuadrático medio",
    meanAbsoluteError: "error absoluto medio",
    r2: "R²",
    mse: "ECM",
    rmse: "RECM",
    mae: "EAM",
  },
  parts: { train: "entrenamiento", validation: "validación", test: "prueba" },
  chart: {
    epoch: "época",
    step: "paso",
    learningRate: "tasa de aprendizaje",
    logarithmic: "escala logarítmica",
    best: (epoch) => `mejor: época ${epoch}`,
    curves: ({ score, epochs, lines, best }) =>
      `Gráfico de líneas de la ${score} a lo largo de ${epochs} épocas: ${lines.join("; ")}.` +
      (best ? ` La mejor época es la ${best.epoch}, con ${best.value}.` : ""),
    curve: ({ name, from, to }) => `${name}, de ${from} a ${to}`,
    truth: "clase real",
    predicted: "clase predicha",
    rows: "filas",
    class: "clase",
    part: "parte",
    run: "ejecución",
    confusion: ({ classes, rows, correct, worst }) =>
      `Matriz de confusión de ${classes} clases: ${correct} de ${rows} filas son correctas.` +
      (worst ? ` El error más frecuente: ${worst}.` : ""),
    confusionCell: ({ truth, predicted, rows, share }) =>
      truth === predicted
        ? `${truth}, correctas: ${rows} (${share})`
        : `${truth} tomada por ${predicted}: ${rows} (${share})`,
    falsePositiveRate: "tasa de falsos positivos",
    truePositiveRate: "tasa de verdaderos positivos",
    chance: "azar",
    roc: (areas) => `Curvas ROC, con el área bajo cada una: ${areas}.`,
    precision: "precisión",
    recall: "exhaustividad",
    precisionRecall: (areas) => `Precisión frente a exhaustividad, con la precisión media de cada una: ${areas}.`,
    area: ({ name, area }) => `${name} ${area}`,
    macro: "media de todas",
    others: (count) => `${count} más`,
    given: "probabilidad dada",
    observed: "se cumplió",
    perfect: "calibración perfecta",
    calibration: ({ error, bins }) =>
      `Calibración en ${bins} grupos de filas: las probabilidades se desvían un ${error} de media.`,
    calibrationBin: ({ given, observed, rows }) => `dada ${given}, se cumplió ${observed} (${rows} filas)`,
    trueValue: (target) => (target ? `${target} real` : "valor real"),
    predictedValue: (target) => (target ? `${target}, predicción` : "valor predicho"),
    predictedAgainstTrue: ({ rows, r2, rmse }) =>
      `Valores predichos frente a los reales de ${rows} filas: R² ${r2}, raíz del error cuadrático medio ${rmse}.`,
    residual: "predicho − real",
    residuals: ({ rows, mean, deviation, largest }) =>
      `Residuos de ${rows} filas: media ${mean}, desviación típica ${deviation}, el mayor ${largest}.`,
    density: (rows) => `${rows} filas`,
    surface: ({ x, y, classes }) =>
      `Superficie de decisión sobre ${x} e ${y}${classes ? `; partes del plano: ${classes}` : ""}.`,
    published: "publicado",
    bars: ({ score, bars }) => `${score}: ${bars}.`,
    bar: ({ name, mean, deviation, published }) =>
      `${name} ${mean}${deviation ? ` ± ${deviation}` : ""}${published ? ` (publicado ${published})` : ""}`,
    grid: ({ score, best, worst }) => `Mapa de calor de ${score}: mejor ${best}, peor ${worst}.`,
    frequencies: ({ rarest, commonest }) =>
      `Con qué frecuencia aparece cada clase: la más frecuente ${commonest}, la menos ${rarest}.`,
    input: "entrada",
    output: "salida",
    activation: "activación",
    derivative: "derivada",
    activations: (names) => `Curvas de las activaciones y sus derivadas: ${names}.`,
    network: (layers) => `Diagrama de la red: ${layers}.`,
    networkLayer: ({ name, units }) => `${name} (${units})`,
    positive: "peso positivo",
    negative: "peso negativo",
    gradientNorm: "norma del gradiente",
    gradientNorms: ({ layers, first, last }) =>
      `Normas del gradiente de ${layers} capas por época; al final ${first}, ${last}.`,
  },
};
