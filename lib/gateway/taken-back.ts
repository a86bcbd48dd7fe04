/** Why a draft is there that was a revision until it was taken back, in the words that stand beside it. `number`: that revision's. */
export const takenBackCause = (number: number): string => `Revision ${number}, which was taken back`;
