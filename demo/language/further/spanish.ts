import type { FurtherTexts } from "./english.js";

export const spanish: FurtherTexts = {
  settingNames: {
    rows: "puntos",
    noise: "ruido",
    heldOut: "reservado",
    layers: "capas",
    optimizer: "optimizador",
    numbers: "números del optimizador",
    learningRate: "tasa de aprendizaje",
    schedule: "tasa a lo largo del tiempo",
    clipNorm: "gradiente más largo",
    batchSize: "tamaño de lote",
    initializer: "primeros pesos",
    seed: "semilla",
    backend: "dispositivo",
    data: "datos",
    points: "puntos dibujados",
    target: "a predecir",
    leftOut: "columnas sin usar",
    task: "tipo de respuesta",
    loss: "pérdida",
    augment: "cambios al azar",
    l1: "castigo L1",
    l2: "castigo L2",
    stopAt: "parar tras",
  },

  share: {
    title: "Para llevar",
    help: "La dirección de la página guarda todos los ajustes. El programa y la orden dan estos números en Node.",
    link: "Dirección",
    source: "TypeScript",
    command: "Línea de órdenes",
    text: "Para copiar",
    copy: "Copiar",
    copied: "Copiado.",
    noCommand: "La línea de órdenes no tiene estos datos o ajustes; TypeScript, sí.",
    tooLong: (most) =>
      `Esta dirección tiene más de ${most} signos, y algunos programas la cortan. model.json guarda los mismos ajustes: pasa ese archivo.`,
    load: "Seguir desde un modelo: elige model.json y model.safetensors",
    both: "Elige los dos archivos a la vez: model.json y model.safetensors.",
    otherModel: "La página no puede entrenar este modelo.",
  },

  confusion: {
    title: "Aciertos y errores",
    corner: "es ↓ tomada por →",
    matrix: "Matriz de confusión",
    heldOut:
      "Filas reservadas. Cada línea es una clase verdadera; cada columna, lo que dice la red. Elige un número para ver sus filas.",
    train:
      "Filas para aprender. Cada línea es una clase verdadera; cada columna, lo que dice la red. Elige un número para ver sus filas.",
    cell: (rows, truth, predicted) => `${rows} filas de ${truth} tomadas por ${predicted}`,
    why: "¿Por qué?",
    slopes: (predicted, truth) =>
      predicted === truth
        ? `Qué la haría estar más segura de ${predicted} (+) o menos (−), si fuera un poco mayor:`
        : `Qué habla por ${predicted} frente a ${truth} (+) o al revés (−), si fuera un poco mayor:`,
    map: "Los píxeles azules hablan por la respuesta, los naranjas en contra, si hubiera más tinta.",
    nearest: "Las filas para aprender que más se le parecen:",
    neighbour: (name, distance) => `${name}, a ${distance}`,
    says: (predicted, sure, truth) => `Tomada por ${predicted} (${sure}); es ${truth}.`,
  },

  estimates: {
    title: "Verdad y respuesta",
    heldOut: (error) => `Filas reservadas. De media se equivoca en ${error}.`,
    train: (error) => `Filas para aprender. De media se equivoca en ${error}.`,
    picture: (name) =>
      `Cada fila es un punto: a lo ancho ${name} de verdad, a lo alto lo que dice la red. Sobre la recta son iguales.`,
    truth: "de verdad",
    said: "dicho",
  },

  step: {
    title: "Dentro de un paso",
    help: "El paso que estas filas darían ahora, hecho como a mano. Elige un número para ver de dónde sale; el dibujo muestra la capa, y el camino de ida o de vuelta.",
    first: "Desde la fila",
    count: "Filas",
    exercise: "Predecir antes los números",
    picture: "La red en pequeño: destaca la capa que se mira, con el camino de ida o de vuelta.",
    previous: "La cantidad anterior",
    next: "La cantidad siguiente",
    quantity: "Cantidad",
    sections: { given: "Dado", forward: "Ida", loss: "Pérdida", backward: "Vuelta", update: "Cambio" },
    place: (step, rows, loss) => `Paso ${step}, con ${rows} filas. Pérdida media ${loss}.`,
    size: (shape) => `Tamaño ${shape}.`,
    cut: "Se muestran los primeros números.",
    guess: "¿Cuánto será?",
    reveal: "Ver",
    right: "Correcto.",
    off: (by) => `Te desvías en ${by}.`,
    check: "Comprobar este gradiente",
    checked: (by, above, below, slope, gradient) =>
      `Con ${by} más la pérdida es ${above}, con ${by} menos ${below}: una pendiente de ${slope}. El gradiente es ${gradient}.`,
    of: (word, what, number) => `${word} de ${what}${number === undefined ? "" : ` ${number}`}`,
    words: {
      layer: "la capa",
      features: "filas dadas",
      targets: "respuestas correctas",
      weights: "pesos de las filas",
      loss: "pérdida",
      rows: "cada fila",
      weight: "pesos",
      bias: "sesgos",
      gamma: "escalas",
      beta: "desplazamientos",
      preactivation: "sumas",
      activation: "salidas",
      output: "salidas",
      mask: "salidas omitidas",
      gradient: "gradiente",
      gradientAfterRules: "gradiente cambiado",
      change: "cambio",
      next: "nuevo valor",
      m: "gradiente medio",
      v: "gradiente cuadrado medio",
      velocity: "velocidad",
    },
  },

  digit: {
    title: "Dibuja un dígito",
    help: "Con ratón, lápiz o dedo. Con teclas: las flechas mueven el lápiz, Espacio lo baja y lo sube.",
    pad: "Campo donde dibujar un dígito",
    clear: "Borrar",
    seen: "Así lo ve la red",
    says: (digit, sure) => `La red dice ${digit} (${sure}).`,
    untrained: "Aún no ha aprendido: pulsa antes Entrenar.",
  },

  byHand: {
    help: "Dibuja con ratón, lápiz o dedo. Con teclas: las flechas guían, Intro pone un punto.",
    needed: "Dibuja puntos de al menos dos colores: así hay algo que distinguir.",
    tools: "Dibujar con",
    colours: ["Naranja", "Azul", "Verde", "Goma"],
    board: (points) => `El plano donde dibujar: ${points} puntos`,
    clear: "Borrar todo",
  },

  table: {
    choose: "Elige un archivo",
    help: "CSV, JSON o una tabla guardada por un programa, de cualquier tamaño que quepa. O suéltalo en la página. No se envía a ninguna parte.",
    target: "A predecir",
    task: "Tipo de respuesta",
    tasks: { auto: "según la columna", classification: "una de varias clases", regression: "un número" },
    columns: "Columnas de las que aprender",
    search: "Buscar columnas",
    take: (count) => `Usar todas las halladas (${count})`,
    leave: (count) => `Dejarlas todas fuera (${count})`,
    gaps: (count) => `${count} huecos`,
    leftOut: "sin usar",
    otherColumns: "La dirección deja fuera columnas de una tabla con otras columnas. De esta se usan todas.",
    otherTarget: (name) =>
      `La dirección pide la columna «${name}», que esta tabla no tiene o en la que no hay nada que leer.`,
    kinds: {
      number: "número",
      boolean: "sí o no",
      date: "fecha",
      category: "nombres",
      text: "texto",
      constant: "siempre igual",
      empty: "vacía",
      unclear: "no está claro",
    },
    steps:
      "Los huecos de los números se llenan con la mediana, los nombres se vuelven columnas de 0 y 1, los números se escalan: todo medido en las filas para aprender.",
    gap: "–",
  },

  beside: {
    title: "Junto a otros dispositivos",
    help: "El mismo entrenamiento a la vez en otro dispositivo, hasta donde está este. La misma semilla da los mismos números, salvo lo que cada dispositivo redondea.",
    table: "Números de cada dispositivo",
    difference: "Mayor diferencia de un peso",
    launches: "Lanzamientos por paso",
  },

  images: {
    choose: "Elige los cuatro archivos",
    help: "Imágenes y etiquetas, para entrenar y para probar, como se publicaron: sus nombres acaban en -ubyte o -ubyte.gz. O suéltalos en cualquier lugar de la página.",
    fetch: (megabytes) => `Descargarlos (${megabytes} MB)`,
    fetching: "Descargando…",
    hosts: {
      mnist: "De ossci-datasets.s3.amazonaws.com o storage.googleapis.com; se guardan para otras visitas.",
      fashionMnist: "De raw.githubusercontent.com; se guardan para otras visitas.",
    },
  },

  health: {
    title: "Pesos y gradientes",
    layer: (number) => `Capa ${number}`,
    weights: "pesos",
    gradients: "gradientes",
    picture: (layer, lowest, highest) => `Pesos de ${layer}, de ${lowest} a ${highest}, en barras.`,
    gradientPicture: (layer, lowest, highest) => `Gradientes de ${layer}, de ${lowest} a ${highest}, en barras.`,
    sizes: (weights, gradients) => `Tamaño de los pesos ${weights}, de los gradientes ${gradients} (media cuadrática).`,
    fine: "Todo va bien: ninguna neurona está muerta y los gradientes no son ni diminutos ni enormes.",
    dead: (dead, units, layer) =>
      `Capa ${layer}: ${dead} de ${units} neuronas dan siempre lo mismo, sea cual sea la fila. No aprenden nada.`,
    exploding: (layer) =>
      `Capa ${layer}: los gradientes son enormes. Baja la tasa de aprendizaje o corta los gradientes.`,
    vanishing: (times) =>
      `Los gradientes de la primera capa son ${times} veces menores que los de la última: aprende despacio. Prueba otros pesos iniciales o relu.`,
    nothing: "Todos los gradientes son 0: ya no se aprende nada.",
  },
};
