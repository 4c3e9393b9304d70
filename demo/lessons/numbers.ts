import type { LessonName } from "./names.js";
import type { Printed } from "./write.js";

/** Numbers of the lessons' trainings as sheets print them: with digits on which all backends agree, by a test. */
export const numbers: Record<LessonName, readonly Printed[]> = {
  neuron: [
    { loss: "0.103", score: "100%" },
    { loss: "0.0361", score: "100%" },
    { loss: "0.00482", score: "100%" },
  ],
  xor: [
    { loss: "0.693", score: "50%" },
    { loss: "0.132", score: "100%" },
    { loss: "0.00391", score: "100%" },
  ],
  weights: [
    { loss: "1.1", score: "33.3%", heldOutLoss: "1.1", heldOutScore: "33.3%" },
    { loss: "0.0958", score: "93.3%", heldOutLoss: "0.0481", heldOutScore: "97.8%" },
  ],
  rates: [
    { loss: "0.695", score: "50.7%", heldOutLoss: "0.699", heldOutScore: "50%" },
    { loss: "0.241", score: "90.7%", heldOutLoss: "0.327", heldOutScore: "86.7%" },
    { loss: "0.0529", score: "98.6%", heldOutLoss: "0.031", heldOutScore: "100%" },
  ],
  overfitting: [
    { loss: "0.0674", score: "96.7%", heldOutLoss: "0.582", heldOutScore: "80%" },
    { loss: "0.265", score: "86.7%", heldOutLoss: "0.466", heldOutScore: "80%" },
    { loss: "0.215", score: "93.3%", heldOutLoss: "0.433", heldOutScore: "80%" },
  ],
  optimizers: [
    { loss: "0.679", score: "59.3%", heldOutLoss: "0.682", heldOutScore: "56.7%" },
    { loss: "0.493", score: "95%", heldOutLoss: "0.505", heldOutScore: "100%" },
    { loss: "0.337", score: "99.3%", heldOutLoss: "0.352", heldOutScore: "100%" },
  ],
  iris: [
    { loss: "0.307", score: "87.6%", heldOutLoss: "0.265", heldOutScore: "91.1%" },
    { loss: "0.0659", score: "98.1%", heldOutLoss: "0.0294", heldOutScore: "100%" },
  ],
  digits: [
    { loss: "1.38", score: "62.9%", heldOutLoss: "0.555", heldOutScore: "88.1%" },
    { loss: "0.137", score: "96.3%", heldOutLoss: "0.164", heldOutScore: "95.4%" },
    { loss: "1.43", score: "48.7%", heldOutLoss: "1.44", heldOutScore: "46%" },
  ],
};
