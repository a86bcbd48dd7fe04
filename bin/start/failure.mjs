/** Something that the person who started the command can mend: its message is all they need to see. */
export class StartFailure extends Error {}
