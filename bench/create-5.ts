import { measureCreation } from "./create";
import { recordFigure } from "./parts/record";

export async function benchCreateFive(): Promise<void> {
  recordFigure("create-5", await measureCreation(5));
}
