import type { LessonName } from "./names.js";

/** A lesson in words; its trainings are listed in the order of `lessons.ts`. */
export interface LessonText {
  title: string;
  text: readonly string[];
  /** Of each training: what is done in it. */
  trials: readonly string[];
  exercises: readonly { question: string; answer: string }[];
}

export interface LessonTexts {
  /** Of the table of trainings. */
  numbers: string;
  try: string;
  print: string;
  close: string;
  exercises: string;
  answer: string;
  answers: string;
  table: { training: string; epochs: string; loss: string; score: string; heldOutLoss: string; heldOutScore: string };
  lessons: Record<LessonName, LessonText>;
}

export const english: LessonTexts = {
  numbers: "Trainings of the lesson and their numbers",
  try: "Try it",
  print: "Print this sheet",
  close: "Close the lesson",
  exercises: "Exercises",
  answer: "Answer",
  answers: "Answers",
  table: {
    training: "Training",
    epochs: "Epochs",
    loss: "Loss",
    score: "Right",
    heldOutLoss: "Loss, held out",
    heldOutScore: "Right, held out",
  },
  lessons: {
    neuron: {
      title: "One neuron by the chain rule",
      text: [
        "A neuron multiplies each feature by a weight, adds a bias, and says how sure it is of blue: z = x · W + b, p = σ(z). Two points, two weights, one bias: small enough to work by hand.",
        "The loss is large where the answer is wrong. The chain rule gives its slope by each weight: dL/dW = xᵀ · dL/dz, and dL/dz = (p − y) / 2 for two rows. A step goes against the slope: W′ = W − rate · dL/dW.",
        "Open “Inside a step”, choose Backward, and choose a number: there it is worked out.",
      ],
      trials: ["one step", "ten steps", "a hundred steps"],
      exercises: [
        {
          question: "The neuron says p = 0.5 for both points. What is dL/dz of each?",
          answer: "(0.5 − 0) / 2 = 0.25 for orange, (0.5 − 1) / 2 = −0.25 for blue.",
        },
        {
          question:
            "Which sign does the slope by the weight of x have then, orange lying left and blue right? Which way does the weight go?",
          answer: "Negative: −x · 0.25 − x · 0.25. The weight grows: blue lies where x is large.",
        },
      ],
    },
    xor: {
      title: "XOR by hand",
      text: [
        "XOR is 1 where exactly one of two inputs is 1. One neuron draws one straight line, and no line parts these four points.",
        "A hidden layer gives the last neuron new features to draw its line in. Look at the small squares: each hidden neuron has a line of its own, and together they bend the plane.",
      ],
      trials: ["no hidden layer", "six hidden neurons, briefly", "six hidden neurons"],
      exercises: [
        { question: "How many of the four points can a straight line get right at most?", answer: "Three of four." },
        {
          question: "Write XOR with two neurons that say OR and AND.",
          answer: "XOR = OR and not AND: the last neuron gives OR a positive weight and AND a negative one.",
        },
      ],
    },
    weights: {
      title: "Why first weights matter",
      text: [
        "Where all weights are 0, all neurons of a layer put out the same and get the same gradient: they stay alike for ever, and through relu nothing gets back at all. Only the last bias learns.",
        "Random first weights make neurons differ. Their size matters, too: He’s keeps the outputs of relu as large from layer to layer.",
      ],
      trials: ["all first weights 0", "He’s first weights"],
      exercises: [
        {
          question: "Look at “Weights and gradients” with first weights of 0. What does the page say?",
          answer: "That the neurons of each hidden layer put out the same whatever the row: they learn nothing.",
        },
        {
          question: "With three classes, how many rows does a network get right that always says the same class?",
          answer: "About a third.",
        },
      ],
    },
    rates: {
      title: "Learning rates and divergence",
      text: [
        "The learning rate says how far a step goes. Too small: the loss hardly moves. Too large: steps jump over the valley, and the loss may grow without end. The page then says that the training diverged.",
        "Nobody knows the right rate beforehand: try powers of ten. Earlier trainings stay in the chart, dashed.",
      ],
      trials: ["rate 0.001", "rate 0.1", "rate 1"],
      exercises: [
        {
          question: "Set all activations to linear and the rate to 1000000, and train. What happens, and why?",
          answer: "It diverges: each step is larger than the one before, until the numbers overflow.",
        },
        { question: "While it trains, change the rate. From when on does it hold?", answer: "From the next epoch on." },
      ],
    },
    overfitting: {
      title: "Overfitting and dropout",
      text: [
        "Thirty noisy points, over a thousand weights: the network can learn the noise by heart. Then the loss of the rows to learn from falls and that of the rows held out rises.",
        "Dropout leaves out half of the neurons in each step, so that none can rely on another. A penalty pulls weights towards 0. Both cost some loss in training and may gain some on new rows.",
      ],
      trials: ["nothing against it", "dropout 0.5", "L2 penalty 0.01"],
      exercises: [
        {
          question: "Where do the two lines of the loss part? Drag the line of the past back to that place.",
          answer: "Where the held-out loss is lowest: stopping there is called early stopping.",
        },
        {
          question: "Name a way against overfitting that needs no setting.",
          answer: "More rows: raise Points to 600 and look again.",
        },
      ],
    },
    optimizers: {
      title: "Optimizers compared",
      text: [
        "SGD goes against the gradient of each batch. Momentum keeps some of the last step’s direction: it rolls on through flat parts. Adam gives each weight a step of its own size.",
        "All three here have the same rate, first weights and order of rows: only the optimizer differs.",
      ],
      trials: ["SGD", "SGD with momentum 0.9", "Adam"],
      exercises: [
        {
          question: "In “Inside a step”, choose Update. Which two numbers does Adam keep for each weight?",
          answer: "A mean of the gradients, m, and a mean of their squares, v.",
        },
        {
          question: "Find a rate with which SGD is as good as Adam after 20 epochs.",
          answer: "A much larger one: try 0.1, 0.5 and 1.",
        },
      ],
    },
    iris: {
      title: "Iris: from a network to a table",
      text: [
        "Four lengths of a flower, three species. 105 flowers to learn from; 45 are held out, and count.",
        "“Right and wrong” says more than one number: each line is a true species, each column what the network says. Choose a number to see its flowers, and ask why.",
      ],
      trials: ["five epochs", "thirty epochs"],
      exercises: [
        {
          question: "Which two species are taken for each other?",
          answer: "Versicolor and virginica; setosa stands apart.",
        },
        { question: "45 rows are held out and one is wrong. What is the accuracy?", answer: "44 / 45 = 97.8 %." },
      ],
    },
    digits: {
      title: "A digit classifier",
      text: [
        "1,797 digits of 8 × 8 pixels, written by hand. Each of 32 neurons learns a picture of 64 weights: look at the squares.",
        "Then draw a digit: the page scales and centres it, and the network says what it sees.",
      ],
      trials: ["32 neurons, one epoch", "32 neurons, five epochs", "4 neurons, five epochs"],
      exercises: [
        {
          question: "How many parameters have 64 inputs, 32 neurons and 10 outputs?",
          answer: "64 · 32 + 32 + 32 · 10 + 10 = 2,410.",
        },
        {
          question: "Which digits are taken for each other? Ask why.",
          answer: "It depends on the seed; 8 with 1 or 3, and 9 with 3 are frequent: the pixels that differ are few.",
        },
      ],
    },
  },
};
