import type { LessonTexts } from "./english.js";

export const spanish: LessonTexts = {
  numbers: "Entrenamientos de la lección y sus números",
  try: "Pruébalo",
  print: "Imprimir esta hoja",
  close: "Cerrar la lección",
  exercises: "Ejercicios",
  answer: "Respuesta",
  answers: "Respuestas",
  table: {
    training: "Entrenamiento",
    epochs: "Épocas",
    loss: "Pérdida",
    score: "Aciertos",
    heldOutLoss: "Pérdida, reservadas",
    heldOutScore: "Aciertos, reservadas",
  },
  lessons: {
    neuron: {
      title: "Una neurona con la regla de la cadena",
      text: [
        "Una neurona multiplica cada rasgo por un peso, suma un sesgo y dice cuán segura está de azul: z = x · W + b, p = σ(z). Dos puntos, dos pesos, un sesgo: se puede hacer a mano.",
        "La pérdida es grande donde la respuesta es falsa. La regla de la cadena da su pendiente según cada peso: dL/dW = xᵀ · dL/dz, y dL/dz = (p − y) / 2 con dos filas. Un paso va contra la pendiente: W′ = W − tasa · dL/dW.",
        "Abre «Dentro de un paso», elige Vuelta y un número: allí está hecho paso a paso.",
      ],
      trials: ["un paso", "diez pasos", "cien pasos"],
      exercises: [
        {
          question: "La neurona dice p = 0,5 para ambos puntos. ¿Cuánto es dL/dz de cada uno?",
          answer: "(0,5 − 0) / 2 = 0,25 para el naranja, (0,5 − 1) / 2 = −0,25 para el azul.",
        },
        {
          question:
            "¿Qué signo tiene entonces la pendiente según el peso de x, si el naranja está a la izquierda y el azul a la derecha? ¿Hacia dónde va el peso?",
          answer: "Negativo: −x · 0,25 − x · 0,25. El peso crece: el azul está donde x es grande.",
        },
      ],
    },
    xor: {
      title: "XOR a mano",
      text: [
        "XOR es 1 donde exactamente una de dos entradas es 1. Una neurona traza una recta, y ninguna recta separa estos cuatro puntos.",
        "Una capa oculta da a la última neurona rasgos nuevos en los que trazar su recta. Mira los cuadros pequeños: cada neurona oculta tiene su recta, y juntas doblan el plano.",
      ],
      trials: ["sin capa oculta", "seis neuronas ocultas, poco tiempo", "seis neuronas ocultas"],
      exercises: [
        { question: "¿Cuántos de los cuatro puntos acierta como mucho una recta?", answer: "Tres de cuatro." },
        {
          question: "Escribe XOR con dos neuronas que digan O e Y.",
          answer: "XOR = O y no Y: la última neurona da a O un peso positivo y a Y uno negativo.",
        },
      ],
    },
    weights: {
      title: "Por qué importan los primeros pesos",
      text: [
        "Si todos los pesos son 0, todas las neuronas de una capa dan lo mismo y reciben el mismo gradiente: serán iguales para siempre, y por relu no vuelve nada. Solo aprende el último sesgo.",
        "Unos primeros pesos al azar hacen distintas a las neuronas. También importa su tamaño: los de He mantienen las salidas de relu igual de grandes de capa en capa.",
      ],
      trials: ["todos los primeros pesos 0", "primeros pesos de He"],
      exercises: [
        {
          question: "Mira «Pesos y gradientes» con primeros pesos de 0. ¿Qué dice la página?",
          answer: "Que las neuronas de cada capa oculta dan siempre lo mismo, sea cual sea la fila: no aprenden nada.",
        },
        {
          question: "Con tres clases, ¿cuántas filas acierta una red que dice siempre la misma clase?",
          answer: "Más o menos un tercio.",
        },
      ],
    },
    rates: {
      title: "Tasas de aprendizaje y divergencia",
      text: [
        "La tasa de aprendizaje dice cuánto avanza un paso. Demasiado pequeña: la pérdida apenas se mueve. Demasiado grande: los pasos saltan el valle y la pérdida puede crecer sin fin. Entonces la página dice que el entrenamiento diverge.",
        "Nadie conoce de antemano la tasa buena: prueba potencias de diez. Los entrenamientos anteriores quedan en el gráfico, a trazos.",
      ],
      trials: ["tasa 0,001", "tasa 0,1", "tasa 1"],
      exercises: [
        {
          question: "Pon todas las activaciones en linear y la tasa en 1000000, y entrena. ¿Qué pasa y por qué?",
          answer: "Diverge: cada paso es mayor que el anterior, hasta que los números desbordan.",
        },
        { question: "Mientras entrena, cambia la tasa. ¿Desde cuándo vale?", answer: "Desde la época siguiente." },
      ],
    },
    overfitting: {
      title: "Sobreajuste y dropout",
      text: [
        "Treinta puntos con ruido, más de mil pesos: la red puede aprender el ruido de memoria. Entonces baja la pérdida de las filas para aprender y sube la de las reservadas.",
        "Dropout deja fuera la mitad de las neuronas en cada paso, así que ninguna puede fiarse de otra. Un castigo acerca los pesos a 0. Ambos cuestan algo de pérdida al entrenar y pueden ganar algo en filas nuevas.",
      ],
      trials: ["nada en contra", "dropout 0,5", "castigo L2 0,01"],
      exercises: [
        {
          question: "¿Dónde se separan las dos líneas de la pérdida? Arrastra la línea del pasado hasta allí.",
          answer: "Donde la pérdida reservada es menor: pararse allí se llama parada temprana.",
        },
        {
          question: "Di una manera contra el sobreajuste que no necesite ajustes.",
          answer: "Más filas: sube Puntos a 600 y mira de nuevo.",
        },
      ],
    },
    optimizers: {
      title: "Optimizadores comparados",
      text: [
        "SGD va contra el gradiente de cada lote. El momento guarda algo de la dirección del último paso: rueda por las partes llanas. Adam da a cada peso un paso de su propio tamaño.",
        "Los tres tienen aquí la misma tasa, los mismos primeros pesos y el mismo orden de filas: solo cambia el optimizador.",
      ],
      trials: ["SGD", "SGD con momento 0,9", "Adam"],
      exercises: [
        {
          question: "En «Dentro de un paso», elige Cambio. ¿Qué dos números guarda Adam de cada peso?",
          answer: "Una media de los gradientes, m, y una media de sus cuadrados, v.",
        },
        {
          question: "Busca una tasa con la que SGD sea tan bueno como Adam tras 20 épocas.",
          answer: "Una mucho mayor: prueba 0,1, 0,5 y 1.",
        },
      ],
    },
    iris: {
      title: "Iris: de una red a una tabla",
      text: [
        "Cuatro longitudes de una flor, tres especies. 105 flores para aprender; 45 están reservadas, y son las que cuentan.",
        "«Aciertos y errores» dice más que un número: cada línea es una especie verdadera; cada columna, lo que dice la red. Elige un número para ver sus flores y pregunta por qué.",
      ],
      trials: ["cinco épocas", "treinta épocas"],
      exercises: [
        { question: "¿Qué dos especies se confunden?", answer: "Versicolor y virginica; setosa queda aparte." },
        { question: "Hay 45 filas reservadas y una está mal. ¿Cuál es la exactitud?", answer: "44 / 45 = 97,8 %." },
      ],
    },
    digits: {
      title: "Un clasificador de dígitos",
      text: [
        "1797 dígitos de 8 × 8 píxeles, escritos a mano. Cada una de 32 neuronas aprende una imagen de 64 pesos: mira los cuadros.",
        "Después dibuja un dígito: la página lo escala y lo centra, y la red dice qué ve.",
      ],
      trials: ["32 neuronas, una época", "32 neuronas, cinco épocas", "4 neuronas, cinco épocas"],
      exercises: [
        {
          question: "¿Cuántos parámetros tienen 64 entradas, 32 neuronas y 10 salidas?",
          answer: "64 · 32 + 32 + 32 · 10 + 10 = 2410.",
        },
        {
          question: "¿Qué dígitos se confunden? Pregunta por qué.",
          answer: "Depende de la semilla; 8 con 1 o 3, y 9 con 3 son frecuentes: difieren en pocos píxeles.",
        },
      ],
    },
  },
};
